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
  time?: Date;
}

/** A transaction, or a statement of its own, may take this many milliseconds, the wait for a connection included. */
const DEADLINE = 4_000;

const logger = new Logger('UnitOfWork');

/** The unit of work over TypeORM: the running transaction travels with the asynchronous call, not through arguments. */
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
      const transaction: Transaction = { ...connection, afterCommit };
      try {
        failpoint('before-begin', socketOf(connection.client));
        await connection.runner.startTransaction();
        const done = await this.current.run(transaction, work);
        await commit(connection);
        return done;
      } catch (error) {
        await rollBack(connection);
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
    if (transaction?.time) return transaction.time;
    const [row] = await this.query<{ now: Date }>('SELECT now()::timestamptz(3) AS now');
    if (transaction) transaction.time = row!.now;
    return row!.now;
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
      ? await transaction.client.query<Row>({ name: nameOf(text), text, values: [...values] })
      : await this.connected(({ client }) => client.query<Row>(text, [...values]));
    return rows;
  }

  /** For the rest of the running transaction: a lock that takes longer than this many milliseconds is a failure. */
  async limitLockWait(milliseconds: number): Promise<void> {
    if (!this.isRunning) throw new Error('an open unit of work is required');
    // SET LOCAL in a form that takes a parameter.
    await this.query(`SELECT set_config('lock_timeout', $1, true)`, [String(milliseconds)]);
  }

  /** Inserts all rows in one statement. */
  async insertAll<Row extends object>(table: Table<Row>, rows: readonly Row[]): Promise<void> {
    if (rows.length > 0) await this.query(table.insertion, table.arraysOf(rows));
  }

  /** Updates all rows in one statement, found by the table's key. */
  async updateAll<Row extends object>(table: Table<Row>, rows: readonly Row[]): Promise<void> {
    if (rows.length > 0) await this.query(table.update, table.arraysOf(rows));
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

/**
 * COMMIT of a transaction in which a statement failed succeeds, and stores nothing: its answer says ROLLBACK. Only that
 * answer is sure, for the client learns of the failure before it learns of the transaction's status.
 */
async function commit({ client }: Connection): Promise<void> {
  failpoint('before-commit', socketOf(client));
  const answer = client.query('COMMIT');
  failpoint('commit-sent', socketOf(client));
  const { command } = await answer;
  if (command !== 'COMMIT') throw new Error('a failed statement was swallowed in a unit of work');
}

async function rollBack({ runner, client }: Connection): Promise<void> {
  try {
    if (client.getTransactionStatus() !== 'I') await runner.rollbackTransaction();
  } catch {
    destroy(client); // the first error is the one to tell
  }
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
