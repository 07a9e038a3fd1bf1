import { AsyncLocalStorage } from 'node:async_hooks';
import { Clock, UnitOfWork } from '@app/shared';
import { Logger } from '@nestjs/common';
import type { PoolClient } from 'pg';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { askTime, PipelinedTransaction } from './pipelined-transaction';
import { destroyConnection } from './socket';
import type { Table } from './table';

interface Connection {
  readonly runner: QueryRunner;
  readonly client: PoolClient;
}

interface Running {
  readonly runner: QueryRunner;
  readonly transaction: PipelinedTransaction;
}

/** A transaction, or a statement of its own, may take this many milliseconds, the wait for a connection included. */
const DEADLINE = 4_000;

const logger = new Logger('UnitOfWork');

/** The unit of work over TypeORM: the running transaction travels with the asynchronous call, not through arguments. */
export class TypeOrmUnitOfWork extends UnitOfWork implements Clock {
  private readonly current = new AsyncLocalStorage<Running>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly deadline = DEADLINE,
  ) {
    super();
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.isRunning) return work();
    const { result, afterCommit } = await this.connected(async ({ runner, client }) => {
      const transaction = PipelinedTransaction.begin(client);
      // TypeORM locks in a transaction only, and has not seen this one begin.
      Object.assign(runner, { isTransactionActive: true });
      try {
        const result = await this.current.run({ runner, transaction }, work);
        await transaction.commit();
        return { result, afterCommit: transaction.afterCommit };
      } catch (error) {
        await transaction.rollBack();
        throw error;
      }
    });
    for (const action of afterCommit) follow(action);
    return result;
  }

  afterCommit(action: () => void): void {
    this.running.transaction.afterCommit.push(action);
  }

  /** The time of the running transaction by the database's clock, so that a server with a wrong clock decides alike. */
  async now(): Promise<Date> {
    const running = this.current.getStore();
    return running ? running.transaction.time : this.connected(({ client }) => askTime(client));
  }

  get isRunning(): boolean {
    return this.current.getStore() !== undefined;
  }

  /** TypeORM's manager of the running transaction: for locks and mapped rows. */
  get manager(): EntityManager {
    return this.running.runner.manager;
  }

  /**
   * Runs one statement and gives its rows. In the running transaction it is prepared, once a connection; on its own it
   * is planned for its values each time, as the reads with an optional cursor need it.
   */
  async query<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const running = this.current.getStore();
    const { rows } = running
      ? await running.transaction.ask<Row>(text, values)
      : await this.connected(({ client }) => client.query<Row>(text, [...values]));
    return rows;
  }

  /** Sends one statement of the running transaction that gives no rows. When it fails, so does the commit. */
  send(text: string, values: readonly unknown[]): void {
    this.running.transaction.send(text, values);
  }

  /** For the rest of the running transaction: what takes longer than this many milliseconds is a failure. */
  limit(what: 'lock_timeout' | 'statement_timeout', milliseconds: number): void {
    // SET LOCAL in a form that takes a parameter.
    this.send('SELECT set_config($1, $2, true)', [what, String(milliseconds)]);
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
    const watchdog = setTimeout(() => destroyConnection(client), this.deadline - (performance.now() - started));
    try {
      return await use({ runner, client });
    } finally {
      clearTimeout(watchdog);
      // A connection that is still in a transaction would let its next user commit somebody else's work.
      if (client.getTransactionStatus() !== 'I') destroyConnection(client);
      await runner.release();
    }
  }

  private get running(): Running {
    const running = this.current.getStore();
    if (!running) throw new Error('an open unit of work is required');
    return running;
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
