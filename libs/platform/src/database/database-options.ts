import { type Client, types } from 'pg';
import type { PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions.js';
import { socketOf } from './socket';

const INT8 = 20;

/** Milliseconds to open a connection, or to wait for one that is free. */
const CONNECT_TIMEOUT = 1_000;

/**
 * Settings of each session, by the server's names, in milliseconds unless said otherwise. A server that does not know
 * one of them goes without: `transaction_timeout` is there since PostgreSQL 17.
 */
const SESSION = {
  statement_timeout: 3_000,
  lock_timeout: 2_000,
  idle_in_transaction_session_timeout: 5_000,
  transaction_timeout: 5_000,
  // How soon the server notices that this side is gone, and frees its locks.
  client_connection_check_interval: 5_000,
  // In seconds, and a count.
  tcp_keepalives_idle: 30,
  tcp_keepalives_interval: 10,
  tcp_keepalives_count: 3,
  // What is asked for is a few rows, by a key or in the order of one. Plans of prepared statements are kept: one that was
  // made while a table was small, when reading all of it was cheapest, would read all of it ever after.
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  // Until PostgreSQL 18, a plan that has to do what is off looks dear enough to be compiled first.
  jit: 'off',
} as const;

export type SessionSettings = { readonly [Name in keyof typeof SESSION]?: number | 'on' | 'off' };

/** For who asks about whole tables: whatever plan the server thinks best. */
export const ANY_PLAN: SessionSettings = { enable_seqscan: 'on', enable_hashjoin: 'on', enable_mergejoin: 'on' };

export interface ConnectionLimits {
  /** Connections at most. */
  readonly max?: number;
  /** What is otherwise in the sessions of this pool. */
  readonly session?: SessionSettings;
}

/** Connections of a pool of its own, past the customers: see `BackgroundUnitOfWork`. */
export const BACKGROUND_CONNECTIONS = 2;

/**
 * Connections that one of so many processes takes for customers, and all in all. Up to four take as many as one alone,
 * and fit together into the 100 that PostgreSQL has by itself; more share what those four have, down to what lanes need.
 */
export function connectionsOf(workers: number): { readonly customers: number; readonly all: number } {
  const customers = Math.min(20, Math.max(8, Math.floor(80 / workers)));
  return { customers, all: customers + BACKGROUND_CONNECTIONS };
}

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
 * How this service talks to PostgreSQL. Time is bounded by the server and by the unit of work's deadline; never by the
 * driver's own statement timer, which gives up on a transaction without ending it, so that the next user of the
 * connection commits it.
 */
export function databaseOptions(
  url: string,
  { max = 20, session = {} }: ConnectionLimits = {},
): PostgresDataSourceOptions {
  const settings = { ...SESSION, ...session };
  return {
    type: 'postgres',
    url,
    synchronize: false,
    extra: {
      max,
      types: parsers,
      // Statements are sent without waiting for the answers of those before.
      pipeline: true,
      connectionTimeoutMillis: CONNECT_TIMEOUT,
      onConnect: (client: Client) => configure(client, settings),
      keepAlive: true,
      application_name: 'jangteo',
    },
  };
}

/** By a statement and not in the startup packet, where a pooler between here and the server refuses what it does not know. */
async function configure(client: Client, settings: SessionSettings): Promise<void> {
  // The pool's own timer has ended when the connection was open.
  const watchdog = setTimeout(() => socketOf(client).destroy(), CONNECT_TIMEOUT);
  try {
    await client.query(
      `SELECT set_config(name, value, false) FROM unnest($1::text[], $2::text[]) AS s (name, value)
        WHERE current_setting(name, true) IS NOT NULL`,
      [Object.keys(settings), Object.values(settings).map(String)],
    );
  } finally {
    clearTimeout(watchdog);
  }
}
