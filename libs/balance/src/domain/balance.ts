import { Money } from '@app/shared';
import {
  BalanceLimitExceededException,
  InsufficientBalanceException,
  InvalidChargeAmountException,
} from './balance.exceptions';

/** One line of the ledger: what changed, and what was held afterwards. */
export interface BalanceTransaction {
  readonly id: string;
  readonly userId: string;
  /** 1, 2, 3... for each user, without a gap. */
  readonly sequence: number;
  readonly type: 'CHARGE' | 'PAYMENT' | 'REFUND';
  /** Signed: a payment is negative. */
  readonly amount: Money;
  readonly balanceAfter: Money;
  /** The payment that was made or refunded. */
  readonly referenceId: string | null;
  readonly idempotencyKey: string | null;
  readonly createdAt: Date;
}

/** Why and when a balance changes. */
export interface BalanceEntry {
  readonly id: string;
  readonly at: Date;
  readonly referenceId?: string;
  readonly idempotencyKey?: string;
}

/** What a user holds. Never negative, never above the limit; each change leaves one transaction for the ledger. */
export class Balance {
  static readonly limit = Money.of(1_000_000_000);

  private readonly recorded: BalanceTransaction[] = [];

  private constructor(
    readonly userId: string,
    private held: Money,
    private sequence: number,
  ) {}

  /** Rebuilds a stored balance. For adapters and fakes. */
  static restore(userId: string, held: Money, lastSequence: number): Balance {
    return new Balance(userId, held, lastSequence);
  }

  get amount(): Money {
    return this.held;
  }

  get lastSequence(): number {
    return this.sequence;
  }

  /** The transactions since it was restored. */
  get changes(): readonly BalanceTransaction[] {
    return this.recorded;
  }

  /** @throws InvalidChargeAmountException | BalanceLimitExceededException */
  charge(amount: Money, entry: BalanceEntry): BalanceTransaction {
    if (!amount.isPositive) throw new InvalidChargeAmountException();
    const after = this.held.plus(amount);
    if (!Balance.limit.covers(after)) throw new BalanceLimitExceededException();
    return this.record('CHARGE', amount, after, entry);
  }

  /**
   * Takes a payment. One of 0 won leaves no line in the ledger.
   * @throws InsufficientBalanceException
   */
  pay(amount: Money, entry: BalanceEntry): void {
    if (!this.held.covers(amount)) throw new InsufficientBalanceException(this.held, amount);
    if (amount.isPositive) this.record('PAYMENT', Money.zero.minus(amount), this.held.minus(amount), entry);
  }

  /**
   * Gives a payment back.
   * @throws BalanceLimitExceededException when the user has charged too much since
   */
  refund(amount: Money, entry: BalanceEntry): void {
    const after = this.held.plus(amount);
    if (!Balance.limit.covers(after)) throw new BalanceLimitExceededException();
    if (amount.isPositive) this.record('REFUND', amount, after, entry);
  }

  private record(
    type: BalanceTransaction['type'],
    amount: Money,
    balanceAfter: Money,
    { id, at, referenceId, idempotencyKey }: BalanceEntry,
  ): BalanceTransaction {
    this.held = balanceAfter;
    this.sequence += 1;
    const transaction = {
      id,
      userId: this.userId,
      sequence: this.sequence,
      type,
      amount,
      balanceAfter,
      referenceId: referenceId ?? null,
      idempotencyKey: idempotencyKey ?? null,
      createdAt: at,
    };
    this.recorded.push(transaction);
    return transaction;
  }
}
