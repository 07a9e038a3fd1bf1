import { Socket } from 'node:net';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { Client } from 'pg';
import { databaseOptions } from './database-options';

/** Runs one statement in the snapshot and gives its rows. */
export type SnapshotQuery = <Row extends object>(text: string) => Promise<Row[]>;

export interface SnapshotLimits {
  /** Milliseconds that one statement may take. */
  readonly statement: number;
  /** Milliseconds that the whole may take, the connecting included. */
  readonly deadline: number;
}

/** A look at everything takes minutes where there are ten million orders, one statement of it more than a minute. */
const LIMITS: SnapshotLimits = { statement: 900_000, deadline: 1_800_000 };

/**
 * For statements that read whole tables: joins and sums in memory, by several processes where there are processors, and
 * in the order of keys, which are made in the order of time, so that neighbours by key lie on neighbouring pages.
 */
const WHOLE_TABLES = [
  `SET LOCAL work_mem = '64MB'`,
  'SET LOCAL max_parallel_workers_per_gather = 2',
  'SET LOCAL random_page_cost = 1.1',
  // What they ask for is hardly ever there, whatever the server expects.
  'SET LOCAL parallel_tuple_cost = 0',
  'SET LOCAL jit = off',
  // Who looks may have something else to do in between, whatever the server thinks of that.
  'SET LOCAL idle_in_transaction_session_timeout = 0',
].join('; ');

/**
 * Long looks at one moment of the whole database. Each has a connection of its own: the pool's are for customers, and
 * their limits too short. It is closed whatever happened, so that nobody can inherit an open transaction.
 */
export class Snapshots implements BeforeApplicationShutdown {
  private readonly open = new Set<Socket>();

  constructor(
    private readonly url: string,
    private readonly limits = LIMITS,
  ) {}

  /** Everything that `look` queries is of one moment, and it can write nothing. @throws past the deadline */
  async read<T>(look: (query: SnapshotQuery) => Promise<T>): Promise<T> {
    const socket = new Socket();
    this.open.add(socket);
    const watchdog = setTimeout(() => socket.destroy(), this.limits.deadline);
    const client = new Client({
      ...databaseOptions(this.url).extra,
      connectionString: this.url,
      // Nobody waits for it as a customer does for his answer.
      connectionTimeoutMillis: 10_000,
      application_name: 'jangteo snapshot',
      stream: () => socket,
    });
    client.on('error', () => undefined); // told to whoever waits for an answer
    try {
      await client.connect();
      await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
      // Not when connecting: a pooler between here and the server refuses what it does not know.
      await client.query(`SET LOCAL statement_timeout = ${this.limits.statement}; ${WHOLE_TABLES}`);
      const seen = await look(async (text) => (await client.query(text)).rows);
      await client.query('COMMIT');
      return seen;
    } finally {
      clearTimeout(watchdog);
      // Not `end()`, which waits for a server that may have fallen silent.
      socket.destroy();
      this.open.delete(socket);
    }
  }

  /** Whoever is looking fails: nothing is lost, and a shutdown need not wait for minutes. */
  beforeApplicationShutdown(): void {
    for (const socket of this.open) socket.destroy();
  }
}
