import { Audit, Snapshots } from '@app/platform';
import { SHOP_CHECKS } from '../../apps/shop/src/shop-checks';
import type { TestShop } from '../support/shop';

/** The invariants that are broken, with rows that break them: none in a shop that is right. */
export async function brokenRules({ databaseUrl }: TestShop): Promise<Record<string, readonly object[]>> {
  const { checks } = await new Audit(SHOP_CHECKS, new Snapshots(databaseUrl)).run();
  const broken = checks.filter(({ violations }) => violations > 0);
  return Object.fromEntries(broken.map(({ name, sample }) => [name, sample]));
}

/** How many rows there are of everything that a request can write. */
export async function rowCounts(shop: TestShop): Promise<Record<string, number>> {
  const tables = await shop.sql<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables
      WHERE schemaname = 'public' AND tablename NOT IN ('job_run', 'audit_walk', 'ranking_snapshot')`,
  );
  const counts = tables.map(({ name }) => `SELECT '${name}' AS name, count(*)::int AS count FROM ${name}`);
  const rows = await shop.sql<{ name: string; count: number }>(counts.join(' UNION ALL '));
  return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
}
