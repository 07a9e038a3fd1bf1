import { createHash } from 'node:crypto';
import type { PoolClient, QueryResult } from 'pg';
import { failpoint } from '../failpoints/failpoint';
import { destroyConnection, socketOf } from './socket';

/**
 * A transaction whose statements are pipelined: each is sent without waiting for the answers of those before, and the
 * server runs them in that order. What is sent in one turn of the event loop leaves together, as one packet.
 */
export class PipelinedTransaction {
  /** The moment of its start, by the clock of the database. */
  readonly time: Promise<Date>;
  readonly afterCommit: (() => void)[] = [];
  /** Nobody waits for their answers before the commit. */
  private readonly sent: Promise<unknown>[] = [];
  private isGathering = false;
  private isOver = false;

  private constructor(private readonly client: PoolClient) {
    failpoint('before-begin', socketOf(client));
    this.gather();
    this.keep(client.query('BEGIN'));
    this.time = askTime(client);
    this.keep(this.time);
  }

  /** Sends BEGIN, and goes on without its answer: who gets any other one knows that it has begun. */
  static begin(client: PoolClient): PipelinedTransaction {
    return new PipelinedTransaction(client);
  }

  /** Prepared, once a connection. */
  ask<Row extends object>(text: string, values: readonly unknown[]): Promise<QueryResult<Row>> {
    if (this.isOver) throw new Error('the unit of work has ended');
    this.gather();
    return this.client.query<Row>({ name: nameOf(text), text, values: [...values] });
  }

  /** For a statement without rows: when it fails, so does the commit. */
  send(text: string, values: readonly unknown[]): void {
    this.keep(this.ask(text, values));
  }

  /**
   * COMMIT of a transaction in which a statement failed succeeds, and stores nothing: its answer says ROLLBACK. Only
   * that answer is sure, for the client learns of the failure before it learns of the transaction's status.
   * @throws what the first statement failed with that was sent: the cause of the failures behind it
   */
  async commit(): Promise<void> {
    failpoint('before-commit', socketOf(this.client));
    const answer = this.client.query('COMMIT');
    this.sendGathered();
    failpoint('commit-sent', socketOf(this.client));
    const [committed, ...before] = await Promise.allSettled([answer, ...this.sent]);
    this.isOver = committed.status === 'fulfilled';
    const failed = [...before, committed].find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
    if (committed.status === 'fulfilled' && committed.value.command !== 'COMMIT') {
      throw new Error('a failed statement was swallowed in a unit of work');
    }
  }

  /** Unless COMMIT was answered. Never rejects: the first error is the one to tell. */
  async rollBack(): Promise<void> {
    if (this.isOver) return;
    this.isOver = true;
    // Whatever the client believes of the status: it may not have heard of BEGIN yet, and outside it does no harm.
    await this.client.query('ROLLBACK').catch(() => destroyConnection(this.client));
  }

  private keep(answer: Promise<unknown>): void {
    answer.catch(() => undefined); // the commit tells
    this.sent.push(answer);
  }

  private gather(): void {
    if (this.isGathering) return;
    this.isGathering = true;
    socketOf(this.client).cork();
    process.nextTick(() => this.sendGathered());
  }

  private sendGathered(): void {
    if (!this.isGathering) return;
    this.isGathering = false;
    socketOf(this.client).uncork();
  }
}

/** The time of the running transaction, or of now outside of any. */
export async function askTime(client: PoolClient): Promise<Date> {
  const { rows } = await client.query<{ now: Date }>({ name: 'time', text: 'SELECT now()::timestamptz(3) AS now' });
  return rows[0]!.now;
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
