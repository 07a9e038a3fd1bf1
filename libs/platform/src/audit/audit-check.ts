/**
 * An invariant, as one query for the rows that break it. It is read in a snapshot in which every transaction is whole
 * or absent, so it must find nothing at any moment, however busy the shop is. An invariant that spans modules which do
 * not know each other comes in parts: checks of one name are reported as one.
 */
export interface AuditCheck {
  readonly name: string;
  /** A SELECT or WITH without parameters; its columns are what the sample shows. */
  readonly query: string;
  /** Need only hold once the queues are empty: checked by nobody but who asks for that. */
  readonly onceQuiet?: true;
}

/**
 * A query for what is `due` and not there, and for what is there (`made`) and not due, each row as often as it is
 * missing or too many. Both are queries with exactly the columns named.
 */
export function unmatched(due: string, made: string, columns: string): string {
  return `
    SELECT ${columns}, CASE WHEN sum(n) > 0 THEN 'missing' ELSE 'unexpected' END AS problem, abs(sum(n)) AS times
      FROM (SELECT *, 1 AS n FROM (${due}) AS due UNION ALL SELECT *, -1 FROM (${made}) AS made) AS entry
     GROUP BY ${columns} HAVING sum(n) <> 0`;
}
