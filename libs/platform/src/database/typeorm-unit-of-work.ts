import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { Clock, UnitOfWork } from '@app/shared';
import { Logger } from '@nestjs/common';
import type { PoolClient } from 'pg';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { failpoint } from '../failpoints/failpoint';
import { socketOf } from './socket';
import type { Table } from './table';

interface Connection {
  readonly runner: QueryRunner;
  readonly client: PoolClient;
}

interface Transaction extends Connection {
  readonly afterCommit: (() => void)[];
  /** Statements that nobody waits for before the commit. */
  readonly sent: Promise<unknown>[];
  /** Asked for together with BEGIN. */
  time: Promise<Date>;
  /** What is sent in this turn of the event loop leaves together at its end: one packet, not one a statement. */
  isGathering: boolean;
  isOver: boolean;
}

/** A transaction, or a statement of its own, may take this many milliseconds, the wait for a connection included. */
const DEADLINE = 4_000;

const logger = new Logger('UnitOfWork');

/**
 * The unit of work over TypeORM: the running transaction travels with the asynchronous call, not through arguments. Its
 * statements are pipelined: each is sent at once and the server runs them in that order, so that what is sent together,
 * from the save to the commit, costs one round trip.
 */
export class TypeOrmUnitOfWork extends UnitOfWork implements Clock {
  private readonly current = new AsyncLocalStorage<Transaction>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly deadline = DEADLINE,
  ) {
    super();
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.isRunning) return work();
    const afterCommit: (() => void)[] = [];
    const result = await this.connected(async (connection) => {
      const transaction = begin(connection, afterCommit);
      try {
        const done = await this.current.run(transaction, work);
        await commit(transaction);
        return done;
      } catch (error) {
        await rollBack(transaction);
        throw error;
      }
    });
    for (const action of afterCommit) follow(action);
    return result;
  }

  afterCommit(action: () => void): void {
    this.transaction.afterCommit.push(action);
  }

  /** The time of the running transaction by the database's clock, so that a server with a wrong clock decides alike. */
  async now(): Promise<Date> {
    const transaction = this.current.getStore();
    return transaction ? transaction.time : this.connected(({ client }) => askTime(client));
  }

  get isRunning(): boolean {
    return this.current.getStore() !== undefined;
  }

  /** TypeORM's manager of the running transaction: for locks and mapped rows. */
  get manager(): EntityManager {
    return this.transaction.runner.manager;
  }

  /**
   * Runs one statement and gives its rows. In the running transaction it is prepared, once a connection; on its own it
   * is planned for its values each time, as the reads with an optional cursor need it.
   */
  async query<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const transaction = this.current.getStore();
    const { rows } = transaction
      ? await ask<Row>(transaction, text, values)
      : await this.connected(({ client }) => client.query<Row>(text, [...values]));
    return rows;
  }

  /** Sends one statement of the running transaction that gives no rows. When it fails, so does the commit. */
  send(text: string, values: readonly unknown[]): void {
    const answer = ask(this.transaction, text, values);
    answer.catch(() => undefined); // the commit tells
    this.transaction.sent.push(answer);
  }

  /** For the rest of the running transaction: a lock that takes longer than this many milliseconds is a failure. */
  limitLockWait(milliseconds: number): void {
    // SET LOCAL in a form that takes a parameter.
    this.send(`SELECT set_config('lock_timeout', $1, true)`, [String(milliseconds)]);
  }

  /** Inserts all rows in one statement. */
  insertAll<Row extends object>(table: Table<Row>, rows: readonly Row[]): void {
    if (rows.length > 0) this.send(table.insertion, table.arraysOf(rows));
  }

  /** Updates all rows in one statement, found by the table's key. */
  updateAll<Row extends object>(table: Table<Row>, rows: readonly Row[]): void {
    if (rows.length > 0) this.send(table.update, table.arraysOf(rows));
  }

  /** Lends a connection until the deadline; then its socket is destroyed, whatever it is doing. */
  private async connected<T>(use: (connection: Connection) => Promise<T>): Promise<T> {
    const started = performance.now();
    const runner = this.dataSource.createQueryRunner();
    const client: PoolClient = await runner.connect();
    const watchdog = setTimeout(() => destroy(client), this.deadline - (performance.now() - started));
    try {
      return await use({ runner, client });
    } finally {
      clearTimeout(watchdog);
      // A connection that is still in a transaction would let its next user commit somebody else's work.
      if (client.getTransactionStatus() !== 'I') destroy(client);
      await runner.release();
    }
  }

  private get transaction(): Transaction {
    const transaction = this.current.getStore();
    if (!transaction) throw new Error('an open unit of work is required');
    return transaction;
  }
}

const names = new Map<string, string>();

function nameOf(text: string): string {
  let name = names.get(text);
  if (!name) {
    name = createHash('sha1').update(text).digest('base64url');
    names.set(text, name);
  }
  return name;
}

function ask<Row extends object>(transaction: Transaction, text: string, values: readonly unknown[]) {
  gather(transaction);
  return transaction.client.query<Row>({ name: nameOf(text), text, values: [...values] });
}

function gather(transaction: Transaction): void {
  if (transaction.isGathering) return;
  transaction.isGathering = true;
  socketOf(transaction.client).cork();
  process.nextTick(() => sendGathered(transaction));
}

function sendGathered(transaction: Transaction): void {
  if (!transaction.isGathering) return;
  transaction.isGathering = false;
  socketOf(transaction.client).uncork();
}

async function askTime(client: PoolClient): Promise<Date> {
  const { rows } = await client.query<{ now: Date }>({ name: 'time', text: 'SELECT now()::timestamptz(3) AS now' });
  return rows[0]!.now;
}

/** Sends BEGIN, and goes on without its answer: who gets the time knows that the transaction has begun. */
function begin(connection: Connection, afterCommit: (() => void)[]): Transaction {
  const { runner, client } = connection;
  failpoint('before-begin', socketOf(client));
  const sent: Promise<unknown>[] = [];
  const state = { sent, isGathering: false, isOver: false };
  const transaction = { ...connection, ...state, afterCommit, time: Promise.resolve(new Date(0)) };
  gather(transaction);
  sent.push(client.query('BEGIN'));
  transaction.time = askTime(client);
  sent.push(transaction.time);
  for (const answer of sent) answer.catch(() => undefined); // the commit tells
  // TypeORM locks in a transaction only, and has not seen this one begin.
  Object.assign(runner, { isTransactionActive: true });
  return transaction;
}

/**
 * COMMIT of a transaction in which a statement failed succeeds, and stores nothing: its answer says ROLLBACK. Only that
 * answer is sure, for the client learns of the failure before it learns of the transaction's status.
 */
async function commit(transaction: Transaction): Promise<void> {
  const { client, sent } = transaction;
  failpoint('before-commit', socketOf(client));
  const answer = client.query('COMMIT');
  sendGathered(transaction);
  failpoint('commit-sent', socketOf(client));
  const [committed, ...before] = await Promise.allSettled([answer, ...sent]);
  transaction.isOver = committed.status === 'fulfilled';
  // The first failure is the cause of those behind it.
  const failed = [...before, committed].find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
  if (committed.status === 'fulfilled' && committed.value.command !== 'COMMIT') {
    throw new Error('a failed statement was swallowed in a unit of work');
  }
}

/** Also when nothing has been answered yet: ROLLBACK outside of a transaction does no harm. */
async function rollBack({ client, isOver }: Transaction): Promise<void> {
  if (isOver) return;
  await client.query('ROLLBACK').catch(() => destroy(client)); // the first error is the one to tell
}

/** The work is committed, whatever comes after it. */
function follow(action: () => void): void {
  try {
    action();
  } catch (error) {
    logger.error('What was to follow a commit failed', error);
  }
}

/** Closes the socket at once; `end` tells the pool not to keep the connection. */
function destroy(client: PoolClient): void {
  socketOf(client).destroy();
  void (client as unknown as { end(): Promise<void> }).end().catch(() => undefined);
}
