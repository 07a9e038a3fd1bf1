import { DataSource } from 'typeorm';
import { OpenTheShop1763769600000 } from './apps/shop/src/migrations/1763769600000-open-the-shop';
import { CountSalesByHour1764115200000 } from './apps/shop/src/migrations/1764115200000-count-sales-by-hour';
import { RememberAuditWalks1764201600000 } from './apps/shop/src/migrations/1764201600000-remember-audit-walks';
import { ANY_PLAN, databaseOptions } from './libs/platform/src/database/database-options';

/** In the order in which they run. */
export const MIGRATIONS = [OpenTheShop1763769600000, CountSalesByHour1764115200000, RememberAuditWalks1764201600000];

/** The data source that migrates: for the commands of this project and its tests. */
export function createDataSource(url: string): DataSource {
  return new DataSource({
    // A migration may take its time, but not wait for ever behind a lock while everybody waits behind it.
    ...databaseOptions(url, {
      session: { statement_timeout: 0, transaction_timeout: 0, lock_timeout: 10_000, ...ANY_PLAN },
    }),
    migrations: MIGRATIONS,
    migrationsTransactionMode: 'each',
  });
}
