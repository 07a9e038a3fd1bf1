import fs from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import type { LocalServer } from '../../../apps/local/src/local-server';
import { ensureDatabase, startPostgres } from '../../../apps/local/src/postgres';
import { startRedis } from '../../../apps/local/src/redis';
import { migrate } from '../../../apps/shop/src/migrations';
import type { Ending } from '../../support/programs/ending';
import { FUNCTIONS } from '../yardsticks/functions';
import { seed } from './seed';
import { Sink } from './sink';

/** Room for as many raw connections as there are callers, and for two shops. */
const SERVER = { max_connections: '400', shared_preload_libraries: 'pg_stat_statements' };
/** Can be changed while it runs, as those of the command line cannot. Nothing is tracked but in a pass of its own. */
const QUIET = [`ALTER SYSTEM SET pg_stat_statements.track = 'none'`, 'ALTER SYSTEM SET compute_query_id = off'];
const TEMPLATE = 'seeded';

export type DatabaseName = 'shop' | 'lone' | 'yardstick';

export interface Servers {
  readonly postgres: LocalServer;
  /** The process that all others of PostgreSQL come from. */
  readonly postmaster: number;
  readonly redis: LocalServer;
  readonly sink: Sink;
}

/** PostgreSQL with its own durable defaults, Redis, and a data platform. */
export async function openServers(dir: string, ending: Ending): Promise<Servers> {
  const keep = <Server extends LocalServer>(server: Server): Server => {
    ending.add(() => server.stop());
    return server;
  };
  const data = path.join(dir, 'postgres');
  const postgres = keep(await startPostgres({ dir: data, settings: SERVER }));
  const redis = await startRedis({ dir: path.join(dir, 'redis'), cacheDir: path.join('.cache', 'redis') });
  if (!redis.server) throw new Error(`The benchmark needs a real Redis: ${redis.reason}. ${redis.fix}`);
  const sink = await ending.keep(Sink.start());
  const [postmaster] = fs.readFileSync(path.join(data, 'postmaster.pid'), 'utf8').split('\n');
  return { postgres, postmaster: Number(postmaster), redis: keep(redis.server), sink };
}

/** One seeded database, and a copy of it for everybody who is measured. */
export async function makeDatabases(postgres: LocalServer, pending: number): Promise<void> {
  const url = await ensureDatabase(postgres, TEMPLATE);
  await migrate(url);
  await withClient(url, (client) => seed((text, values) => client.query(text, values && [...values]), pending));
  await withClient(postgres.url(), async (client) => {
    for (const setting of [...QUIET, 'SELECT pg_reload_conf()']) await client.query(setting);
    for (const name of ['shop', 'lone', 'yardstick'] satisfies DatabaseName[]) {
      await client.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
    }
  });
  await withClient(postgres.url('yardstick'), async (client) => {
    for (const definition of FUNCTIONS) await client.query(definition);
  });
}

async function withClient(url: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
