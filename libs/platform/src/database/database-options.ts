import { types } from 'pg';
import type { PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions.js';

const INT8 = 20;

/** Money and counters are bigint columns; a value that a JavaScript number cannot hold exactly is an error, never rounded. */
function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`the database holds an integer that is not safe: ${text}`);
  return value;
}

const parsers: Pick<typeof types, 'getTypeParser'> = {
  getTypeParser: (oid: number, format?: string) =>
    oid === INT8 && format !== 'binary' ? parseInt8 : types.getTypeParser(oid, format as 'text'),
};

/**
 * How this service talks to PostgreSQL. Time is bounded by the server (statement, lock, idle in transaction), in
 * milliseconds, and by the unit of work's deadline; never by the driver's own statement timer, which gives up on a
 * transaction without ending it, so that the next user of the connection commits it.
 */
export function databaseOptions(url: string): PostgresDataSourceOptions {
  return {
    type: 'postgres',
    url,
    synchronize: false,
    extra: {
      max: 20,
      types: parsers,
      connectionTimeoutMillis: 1_000,
      statement_timeout: 3_000,
      lock_timeout: 2_000,
      idle_in_transaction_session_timeout: 5_000,
      keepAlive: true,
      application_name: 'jangteo',
    },
  };
}
