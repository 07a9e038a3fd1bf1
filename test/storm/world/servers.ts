import fs from 'node:fs';
import path from 'node:path';
import type { Ending } from '../../support/programs/ending';
import type { Leash } from '../../support/programs/leash';
import { StormIssuer } from './issuer';
import { StormPlatform } from './platform';
import { StormPostgres } from './postgres';
import { StormRedis } from './redis';
import { settled } from './settled';

/** What the instances of the shop depend on. */
export interface Servers {
  readonly postgres: StormPostgres;
  readonly redis: StormRedis;
  readonly platform: StormPlatform;
  readonly issuer: StormIssuer;
}

export interface ServerOptions {
  /** Where they keep their data and their logs; empty or not there. */
  readonly dir: string;
  /** Over PostgreSQL's own durable defaults. */
  readonly postgresSettings?: Readonly<Record<string, string>> | undefined;
}

export async function openServers(
  { dir, postgresSettings }: ServerOptions,
  leash: Leash,
  ending: Ending,
): Promise<Servers> {
  fs.mkdirSync(dir, { recursive: true });
  const [postgres, redis, platform, issuer] = await settled([
    ending.keep(StormPostgres.open({ dir: path.resolve(dir, 'postgres'), settings: postgresSettings, leash })),
    ending.keep(StormRedis.open({ dir: path.resolve(dir, 'redis'), leash })),
    ending.keep(StormPlatform.start()),
    ending.keep(StormIssuer.start()),
  ]);
  return { postgres, redis, platform, issuer };
}
