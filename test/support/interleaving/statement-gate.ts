import type { PoolClient } from 'pg';

/** How much of a call is let through. A turn is what is sent without waiting for an answer in between. */
export interface Sendable {
  readonly statements?: number;
  readonly turns?: number;
}

const EVERYTHING: Sendable = {};

/** Holds back the statements of one connection, so that a test decides how many of them are sent, and when. */
export class StatementGate {
  /** Resolves when a statement stands before the gate, and all that were sent before it are answered. */
  held: Promise<void> = Promise.resolve();

  private connection: PoolClient | undefined;
  private sendable: Sendable = EVERYTHING;
  private arrived = { statements: 0, turns: 0 };
  private hold: () => void = () => undefined;
  /** Those that stand before the gate, in the order in which they came. */
  private waiting: (() => void)[] = [];
  private unanswered = new Set<Promise<unknown>>();
  private troubles: string[] = [];

  /** From now on everything that is asked of the connection comes by here. */
  guard(client: PoolClient): void {
    this.connection = client;
    const send = client.query.bind(client) as (...query: unknown[]) => Promise<unknown>;
    client.query = ((...query: unknown[]) => this.pass(query[0], () => send(...query))) as PoolClient['query'];
  }

  /** Counts from zero, and holds what comes after the first so many statements or turns. */
  restart(sendable: Sendable): void {
    this.sendable = sendable;
    this.arrived = { statements: 0, turns: 0 };
    this.troubles = [];
    this.held = new Promise((resolve) => {
      this.hold = resolve;
    });
  }

  /** Holds nothing any more. */
  open(): void {
    this.sendable = EVERYTHING;
    for (const release of this.waiting.splice(0)) release();
  }

  get isHolding(): boolean {
    return this.waiting.length > 0;
  }

  /** Statements that were sent since the restart. */
  get sent(): number {
    return this.arrived.statements - this.waiting.length;
  }

  /** Errors of the server, by SQLSTATE, and rollbacks since the restart. */
  get failures(): readonly string[] {
    return this.troubles;
  }

  /** The process of the server that serves this connection. */
  get processId(): number {
    const { processID } = this.connection as PoolClient & { processID: number };
    return processID;
  }

  private async pass(query: unknown, send: () => Promise<unknown>): Promise<unknown> {
    this.arrived.statements += 1;
    if (this.unanswered.size === 0 && !this.isHolding) this.arrived.turns += 1;
    const { statements = Number.POSITIVE_INFINITY, turns = Number.POSITIVE_INFINITY } = this.sendable;
    if (this.arrived.statements > statements || this.arrived.turns > turns) {
      void Promise.allSettled(this.unanswered).then(this.hold);
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    if (query === 'ROLLBACK') this.troubles.push(query);
    const answer = send();
    this.unanswered.add(answer);
    try {
      return await answer;
    } catch (error) {
      this.troubles.push(String((error as { code?: unknown }).code ?? error));
      throw error;
    } finally {
      this.unanswered.delete(answer);
    }
  }
}
