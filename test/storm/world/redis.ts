import path from 'node:path';
import { Redis } from 'ioredis';
import type { LocalServer } from '../../../apps/local/src/local-server';
import { startRedis } from '../../../apps/local/src/redis';
import type { Leash } from '../../support/programs/leash';
import type { TcpProxy } from '../../support/tcp-proxy';
import { ServerFamily } from './server-family';

const CACHE = path.join('.cache', 'redis');

/** The Redis under storm. It may come back on another port: the wires in front of it follow, and the password stays. */
export class StormRedis extends ServerFamily {
  private readonly wires: TcpProxy[] = [];
  private readonly password: string;

  private constructor(
    private server: LocalServer,
    private readonly dir: string,
    leash: Leash,
  ) {
    super(path.join(dir, 'redis.owner'), leash);
    this.password = new URL(server.url()).password;
  }

  static async open({ dir, leash }: { dir: string; leash: Leash }): Promise<StormRedis> {
    return new StormRedis(await started(dir), dir, leash);
  }

  get url(): string {
    const url = new URL(this.server.url());
    url.password = this.password;
    return url.href;
  }

  /** Leads to this server from now on, wherever that is. */
  behind(wire: TcpProxy): void {
    this.wires.push(wire);
  }

  /** Forgets everything. */
  async flush(): Promise<void> {
    await this.command('FLUSHALL');
  }

  /** Answers OOM to every write, as a Redis does that is full and may forget nothing. */
  async refuseWrites(): Promise<void> {
    await this.command('CONFIG', 'SET', 'maxmemory', '1');
  }

  async acceptWrites(): Promise<void> {
    await this.command('CONFIG', 'SET', 'maxmemory', '0');
  }

  async close(): Promise<void> {
    this.resume();
    await this.starting?.catch(() => undefined);
    await this.server.stop();
  }

  protected async startAgain(): Promise<void> {
    if (this.isRunning) return;
    this.server = await started(this.dir);
    // A start makes a password; the instances know the first one.
    await command(this.server.url(), 'ACL', 'SETUSER', 'default', `>${this.password}`);
    for (const wire of this.wires) {
      wire.retarget(this.url);
      // Whoever came too early was refused.
      wire.reset();
    }
  }

  private command(...words: [string, ...string[]]): Promise<unknown> {
    return command(this.url, ...words);
  }
}

async function started(dir: string): Promise<LocalServer> {
  const search = await startRedis({ dir, cacheDir: CACHE });
  if (search.server) return search.server;
  throw new Error(`The storm needs a real Redis: ${search.reason}. ${search.fix}`);
}

async function command(url: string, name: string, ...args: string[]): Promise<unknown> {
  const redis = new Redis(url, { lazyConnect: true, connectTimeout: 2_000, retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await redis.call(name, ...args);
  } finally {
    if (redis.status !== 'end') redis.disconnect();
  }
}
