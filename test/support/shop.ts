import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Env, loadEnv } from '@app/platform';
import { Pool } from 'pg';
import { bootstrap } from '../../apps/shop/src/bootstrap';
import { createDatabase, redisUrl } from './servers';

/** The whole shop, listening. */
export interface TestShop {
  readonly url: string;
  readonly databaseUrl: string;
  /** Runs a query of the test's own, past the shop. */
  sql<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

/** Settings by their names; `databaseUrl` is that of another shop, to run a second instance on its database. */
export type Overrides = { readonly [Name in keyof Env]?: string } & { readonly databaseUrl?: string };

/** The same for every instance, so that a token of one is good for all. */
export const JWT_SECRET = 'a secret of the tests, long enough for HS256';

/** Starts the shop as production does, on a database of its own unless one is given. A start that fails leaves nothing behind. */
export async function startShop({ databaseUrl: shared, ...overrides }: Overrides = {}): Promise<TestShop> {
  const steps: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const step of steps.splice(0).reverse()) await step();
  };
  try {
    const dataDir = await mkdtemp(join(tmpdir(), 'jangteo-shop-'));
    steps.push(() => rm(dataDir, { recursive: true, force: true }));
    const databaseUrl = shared ?? (await ownDatabase(steps));
    const { app, url } = await bootstrap(
      loadEnv({
        PORT: '0',
        DATA_DIR: dataDir,
        REDIS_URL: redisUrl(),
        JWT_SECRET,
        RATE_LIMIT: 'off',
        LOAD_SHEDDING: 'off',
        ALLOW_UNSAFE_DATABASE: 'true',
        LOG_LEVEL: 'silent',
        DATABASE_URL: databaseUrl,
        ...overrides,
      }),
    );
    steps.push(() => app.close());
    const pool = new Pool({ connectionString: databaseUrl, max: 2 });
    pool.on('error', () => undefined);
    steps.push(() => pool.end());
    return {
      url,
      databaseUrl,
      sql: async (text, values = []) => (await pool.query(text, [...values])).rows,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function ownDatabase(steps: (() => Promise<unknown>)[]): Promise<string> {
  const { url, drop } = await createDatabase();
  steps.push(drop);
  return url;
}
