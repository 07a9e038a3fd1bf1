import { DataSource } from 'typeorm';
import { OpenTheShop1763769600000 } from './apps/shop/src/migrations/1763769600000-open-the-shop';
import { databaseOptions } from './libs/platform/src/database/database-options';

/** The data source that migrates: for the commands of this project and its tests. */
export function createDataSource(url: string): DataSource {
  const options = databaseOptions(url);
  return new DataSource({
    ...options,
    // A migration may take its time, but not wait for ever behind a lock while everybody waits behind it.
    extra: { ...options.extra, statement_timeout: 0, lock_timeout: 10_000 },
    migrations: [OpenTheShop1763769600000],
    migrationsTransactionMode: 'each',
  });
}
