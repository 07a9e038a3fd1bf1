import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';
import { REDIS_DATABASES } from '../../apps/local/src/redis';

export { freePort } from '../../apps/local/src/ports';

/** The database that holds the migrated schema and nothing else; nobody can connect to it. */
export const TEMPLATE_DATABASE = 'jangteo_template';

export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** A database of the caller's own, cloned in some milliseconds: migrated and empty, or like the one that is named. */
export async function createDatabase(template = TEMPLATE_DATABASE): Promise<TestDatabase> {
  const name = `test_${worker()}_${randomBytes(6).toString('hex')}`;
  await clone(name, template);
  const url = new URL(setting('TEST_DATABASE_URL'));
  url.pathname = `/${name}`;
  // FORCE: a pool that a failed test left open must not keep its database.
  return { url: url.href, drop: () => administer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

/** The Redis of the tests, with a database number of this worker's own. */
export function redisUrl(): string {
  const number = worker();
  if (number >= REDIS_DATABASES) {
    throw new Error(
      `Worker ${number} has no Redis database of its own: run jest with -w ${REDIS_DATABASES - 1} at most.`,
    );
  }
  const url = new URL(setting('TEST_REDIS_URL'));
  url.pathname = `/${number}`;
  return url.href;
}

/** Runs one statement on the server's own database. */
export async function administer(statement: string, url = setting('TEST_DATABASE_URL')): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

const SOURCE_IN_USE = '55006';

async function clone(name: string, template: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    try {
      return await administer(`CREATE DATABASE ${name} TEMPLATE ${template}`);
    } catch (error) {
      // Another worker is cloning, or autovacuum looks at the template.
      const passing = error instanceof DatabaseError && error.code === SOURCE_IN_USE;
      if (!passing || Date.now() > deadline) throw error;
      await delay(20);
    }
  }
}

function worker(): number {
  return Number(process.env.JEST_WORKER_ID ?? 1);
}

function setting(name: 'TEST_DATABASE_URL' | 'TEST_REDIS_URL'): string {
  const value = process.env[name];
  if (!value)
    throw new Error(
      `${name} is not set: only a Jest project with globalSetup test/support/start-servers.ts has servers.`,
    );
  return value;
}
