import { TcpProxy } from '../../support/tcp-proxy';
import type { StormPlatform } from './platform';
import type { StormPostgres } from './postgres';
import type { StormRedis } from './redis';

/** From one instance to each server that it needs. */
export interface Wires {
  readonly postgres: TcpProxy;
  readonly redis: TcpProxy;
  readonly platform: TcpProxy;
}

interface Ends {
  readonly postgres: StormPostgres;
  readonly redis: StormRedis;
  readonly platform: StormPlatform;
}

export async function layWires({ postgres, redis, platform }: Ends): Promise<Wires> {
  const wires = {
    postgres: await TcpProxy.to(postgres.url),
    redis: await TcpProxy.to(redis.url),
    platform: await TcpProxy.to(platform.url),
  };
  redis.behind(wires.redis);
  return wires;
}

export function all({ postgres, redis, platform }: Wires): TcpProxy[] {
  return [postgres, redis, platform];
}
