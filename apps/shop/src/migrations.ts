import type { DataSource } from 'typeorm';
import { createDataSource } from '../../../ormconfig';

/** Two instances that migrate at once take turns. */
const LOCK = `hashtextextended('jangteo:migrations', 0)`;

/** Brings the schema of the database up to date. Answers the names of the migrations that ran. */
export function migrate(url: string): Promise<string[]> {
  return connected(url, async (dataSource) => {
    const holder = dataSource.createQueryRunner();
    try {
      await holder.query(`SELECT pg_advisory_lock(${LOCK})`);
      const done = await dataSource.runMigrations();
      return done.map(({ name }) => name);
    } finally {
      await holder.query(`SELECT pg_advisory_unlock(${LOCK})`);
      await holder.release();
    }
  });
}

/** How many migrations the database lacks. */
export function countPendingMigrations(url: string): Promise<number> {
  return connected(url, async (dataSource) => {
    const [{ exists }] = await dataSource.query(`SELECT to_regclass('migrations') IS NOT NULL AS exists`);
    if (!exists) return dataSource.migrations.length;
    const ran: { name: string }[] = await dataSource.query('SELECT name FROM migrations');
    const names = new Set(ran.map(({ name }) => name));
    return dataSource.migrations.filter((migration) => !names.has(migration.constructor.name)).length;
  });
}

async function connected<T>(url: string, work: (dataSource: DataSource) => Promise<T>): Promise<T> {
  const dataSource = await createDataSource(url).initialize();
  try {
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
