import type { DataSource } from 'typeorm';
import { createDataSource, MIGRATIONS } from '../../../ormconfig';
import { CannotStartException } from './cannot-start.exception';

/** Two instances that migrate at once take turns. */
const LOCK = `hashtextextended('jangteo:migrations', 0)`;

/** Brings the schema of the database up to date. Answers the names of the migrations that ran. */
export function migrate(url: string): Promise<string[]> {
  return connected(url, async (dataSource) => {
    const holder = dataSource.createQueryRunner();
    try {
      // However long the one takes whose turn it is: only a migration itself must not wait long for a lock.
      await holder.query('SET lock_timeout = 0');
      await holder.query(`SELECT pg_advisory_lock(${LOCK})`);
      const done = await dataSource.runMigrations();
      return done.map(({ name }) => name);
    } finally {
      // The turn ends with this connection, which is closed next.
      await holder.release();
    }
  });
}

/** @throws CannotStartException when the database cannot be reached or lacks a migration */
export async function assertMigrated(url: string): Promise<void> {
  const pending = await countPendingMigrations(url).catch((error: NodeJS.ErrnoException) => {
    throw new CannotStartException(
      `The database of DATABASE_URL cannot be used (${error.message || error.code}). Check the address and that it runs.`,
    );
  });
  if (pending > 0) throw new CannotStartException(`Migrations are pending: ${pending}. Run: npm run migrate`);
}

/** How many migrations the database lacks. */
function countPendingMigrations(url: string): Promise<number> {
  return connected(url, async (dataSource) => {
    const [{ exists }] = await dataSource.query(`SELECT to_regclass('migrations') IS NOT NULL AS exists`);
    const ran: { name: string }[] = exists ? await dataSource.query('SELECT name FROM migrations') : [];
    return pendingAfter(ran.map(({ name }) => name));
  });
}

/** How many migrations a database lacks that has had these. */
export function pendingAfter(names: readonly string[]): number {
  return MIGRATIONS.filter(({ name }) => !names.includes(name)).length;
}

async function connected<T>(url: string, work: (dataSource: DataSource) => Promise<T>): Promise<T> {
  const dataSource = await createDataSource(url).initialize();
  try {
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
