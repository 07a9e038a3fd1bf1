import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { Clock, UnitOfWork } from '@app/shared';
import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import type { Table } from './table';

interface Transaction {
  readonly runner: QueryRunner;
  readonly client: PoolClient;
  readonly afterCommit: (() => void)[];
  time?: Date;
}

/** A transaction may take this many milliseconds; then its socket is destroyed, whatever it is doing. */
export const TRANSACTION_DEADLINE = 4_000;

/** The unit of work over TypeORM: the running transaction travels with the asynchronous call, not through arguments. */
@Injectable()
export class TypeOrmUnitOfWork extends UnitOfWork implements Clock {
  private readonly current = new AsyncLocalStorage<Transaction>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly deadline = TRANSACTION_DEADLINE,
  ) {
    super();
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.isRunning) return work();
    const runner = this.dataSource.createQueryRunner();
    const client: PoolClient = await runner.connect();
    const watchdog = setTimeout(() => destroy(client), this.deadline);
    const transaction: Transaction = { runner, client, afterCommit: [] };
    try {
      await runner.startTransaction();
      const result = await this.current.run(transaction, work);
      await commit(transaction);
      for (const action of transaction.afterCommit) action();
      return result;
    } catch (error) {
      await rollBack(transaction);
      throw error;
    } finally {
      clearTimeout(watchdog);
      // A connection that is still in a transaction would let its next user commit somebody else's work.
      if (client.getTransactionStatus() !== 'I') destroy(client);
      await runner.release();
    }
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

  /** Runs one statement, prepared once a connection; in the running transaction, or on its own when there is none. */
  async query<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const transaction = this.current.getStore();
    if (!transaction) return this.dataSource.query(text, [...values]);
    const { rows } = await transaction.client.query<Row>({ name: nameOf(text), text, values: [...values] });
    return rows;
  }

  /** Inserts all rows in one statement. */
  async insertAll<Row extends object>(table: Table<Row>, rows: readonly Row[]): Promise<void> {
    if (rows.length > 0) await this.query(table.insertion, table.arraysOf(rows));
  }

  /** Updates all rows in one statement, found by the table's key. */
  async updateAll<Row extends object>(table: Table<Row>, rows: readonly Row[]): Promise<void> {
    if (rows.length > 0) await this.query(table.update, table.arraysOf(rows));
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
async function commit({ client }: Transaction): Promise<void> {
  const { command } = await client.query('COMMIT');
  if (command !== 'COMMIT') throw new Error('a failed statement was swallowed in a unit of work');
}

async function rollBack({ runner, client }: Transaction): Promise<void> {
  try {
    if (client.getTransactionStatus() !== 'I') await runner.rollbackTransaction();
  } catch {
    destroy(client); // the first error is the one to tell
  }
}

/** Closes the socket at once; `end` tells the pool not to keep the connection. */
function destroy(client: PoolClient): void {
  const { connection } = client as unknown as { connection: { stream: { destroy(): void } } };
  connection.stream.destroy();
  void (client as unknown as { end(): Promise<void> }).end().catch(() => undefined);
}
