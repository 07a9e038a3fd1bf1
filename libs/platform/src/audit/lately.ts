/**
 * The beginning of what counts as lately, as SQL. Values, not a question to the clock: of a time the server then knows how
 * few rows are newer. Of an id it never does: see `rowsOf`.
 */
export interface Since {
  /** A time. */
  readonly at: string;
  /** A UUIDv7: rows that were made lately have one from this one on. It is the time and nothing else. */
  readonly id: string;
}

export function since(began: Date): Since {
  const id = began.getTime().toString(16).padStart(12, '0').padEnd(32, '0');
  return { at: `'${began.toISOString()}'::timestamptz`, id: `'${id}'::uuid` };
}

/**
 * The rows of a table that belong to those of a named query, as SQL: each is found by an index. The server takes those
 * that were made lately for a two hundredth of the table, and would rather read the whole of it. A query that is joined
 * with others is named AS MATERIALIZED: otherwise each row passes for the only one, and joins are planned for that.
 * `owner`: named query and its column, which has every value once, as `touched.order_id`.
 */
export function rowsOf(table: string, column: string, owner: string): string {
  const [query = ''] = owner.split('.');
  return `SELECT row.* FROM ${query} CROSS JOIN LATERAL (SELECT * FROM ${table} WHERE ${column} = ${owner} OFFSET 0) AS row`;
}
