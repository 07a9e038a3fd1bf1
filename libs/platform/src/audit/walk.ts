import type { SnapshotQuery } from '../database/snapshots';

/** A column of a table, as `orders.id`. */
export type Column = `${string}.${string}`;

/** A part of the values of a column, as SQL, from the first one to before the second; null is an open end. */
export interface Stretch {
  readonly from: string | null;
  readonly until: string | null;
}

/** Where walks have come to, by the column that they walk along; those that are missing, or at null, begin. */
export type Reached = ReadonlyMap<string, string | null>;

/** From there on, as far as there are so many rows; where many have the same value, as far as the next one. */
export async function stretchFrom(
  from: string | null,
  column: Column,
  rows: number,
  query: SnapshotQuery,
): Promise<Stretch> {
  const [table, key] = column.split('.');
  const next = await query<{ until: string }>(
    `SELECT format('%L::%s', ${key}, pg_typeof(${key})) AS until FROM ${table}
      WHERE ${from === null ? `${key} IS NOT NULL` : `${key} > ${from}`} ORDER BY ${key} OFFSET ${rows} LIMIT 1`,
  );
  return { from, until: next[0]?.until ?? null };
}

/** Whether that is all there is. */
export function isEverything({ from, until }: Stretch): boolean {
  return from === null && until === null;
}

/** Named queries that take the place of the tables of those columns: their rows of that stretch. */
export function rowsWithin(stretch: Stretch, columns: readonly Column[]): string {
  const tables = columns.map((column) => {
    const [table, key] = column.split('.') as [string, string];
    return `${table} AS (SELECT * FROM ${table} WHERE ${isWithin(stretch, key)})`;
  });
  return tables.join(', ');
}

/**
 * To the last stretch belong the rows that have no value. Between two values the server would take a narrow stretch for
 * a single row, and join by trying each with each; of two that it does not see it expects a two hundredth of the table.
 */
function isWithin({ from, until }: Stretch, key: string): string {
  if (from === null) return `${key} < ${until}`;
  if (until === null) return `(${key} >= ${from} OR ${key} IS NULL)`;
  return `${key} >= (SELECT ${from}) AND ${key} < (SELECT ${until})`;
}
