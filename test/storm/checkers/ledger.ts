import type { BookedTransaction, Evidence } from './evidence';
import { textIn } from './fields';
import { grouped } from './grouped';
import { type Operation, operationsBy } from './operations';
import type { Placed } from './real-time';
import { remembered } from './remembered';
import { Timeline } from './timeline';

/** The ledger of one user, with the operations that made it. */
export class UserLedger {
  private readonly settled: Timeline;
  private readonly begun: Timeline;
  private readonly byId: ReadonlyMap<string, BookedTransaction>;

  constructor(
    /** In sequence order. */
    readonly rows: readonly BookedTransaction[],
    readonly placed: readonly Placed[],
  ) {
    const last = rows.at(-1)?.sequence ?? 0;
    const moments = (at: 'settled' | 'began') =>
      placed.map(({ operation, sequence }) => ({ at: operation[at], value: sequence }));
    this.settled = new Timeline(moments('settled'), Math.max, 0);
    this.begun = new Timeline(moments('began'), Math.min, last + 1);
    this.byId = new Map(rows.map((row) => [row.id, row]));
  }

  row(id: string): BookedTransaction | undefined {
    return this.byId.get(id);
  }

  /**
   * Which places of the ledger, 0 being its beginning, somebody may have seen who looked between the two moments: not
   * before what was settled by then, and before whatever began only afterwards.
   */
  seenBetween(began: number, ended: number): { readonly first: number; readonly last: number } {
    return { first: this.settled.until(began), last: this.begun.since(ended) - 1 };
  }

  /** Whether the user held that much at some moment between the two. */
  heldBetween(balance: number, began: number, ended: number): boolean {
    const { first, last } = this.seenBetween(began, ended);
    for (let sequence = first; sequence <= last; sequence++) if (this.balanceAfter(sequence) === balance) return true;
    return false;
  }

  /** In words, for problems. */
  holdingsBetween(began: number, ended: number): string {
    const { first, last } = this.seenBetween(began, ended);
    const count = Math.max(0, Math.min(last - first + 1, 10));
    const balances = Array.from({ length: count }, (_, i) => this.balanceAfter(first + i));
    return `${balances.join(', ')} (numbers ${first} to ${last})`;
  }

  /** Undefined where the ledger has a gap. */
  private balanceAfter(sequence: number): number | undefined {
    if (sequence === 0) return 0;
    const row = this.rows[sequence - 1];
    return row?.sequence === sequence
      ? row.balanceAfter
      : this.rows.find((other) => other.sequence === sequence)?.balanceAfter;
  }
}

/** The ledgers of all users, and who made which row. */
export class Ledgers {
  private readonly users = new Map<string, UserLedger>();
  private readonly byName = new Map<string, BookedTransaction>();

  constructor(evidence: Evidence) {
    const { transactions } = evidence.books;
    for (const row of transactions) {
      this.byName.set(row.type === 'CHARGE' ? row.id : `${row.type} ${row.referenceId}`, row);
    }
    const by = operationsBy(evidence);
    const placed = [...by('charge'), ...by('pay'), ...by('refund')].flatMap((operation) => {
      const row = this.rowOf(operation);
      return row ? [{ operation, sequence: row.sequence, userId: row.userId }] : [];
    });
    const placedOf = grouped(placed, ({ userId }) => userId);
    for (const [userId, rows] of grouped(transactions, (row) => row.userId)) {
      const sorted = rows.sort((a, b) => a.sequence - b.sequence);
      this.users.set(userId, new UserLedger(sorted, placedOf.get(userId) ?? []));
    }
  }

  get all(): Iterable<readonly [userId: string, UserLedger]> {
    return this.users;
  }

  of(userId: string): UserLedger {
    return this.users.get(userId) ?? NOBODY;
  }

  /** The row that a done operation made: none for a payment of 0 won. */
  rowOf({ action, outcome, reply }: Operation): BookedTransaction | undefined {
    if (outcome !== 'done') return undefined;
    if (action === 'charge') return this.byName.get(textIn(reply?.answer, 'transactionId') ?? '');
    return this.byName.get(`${action === 'pay' ? 'PAYMENT' : 'REFUND'} ${textIn(reply?.answer, 'id')}`);
  }
}

const NOBODY = new UserLedger([], []);

export const ledgersOf = remembered((evidence: Evidence) => new Ledgers(evidence));
