import { Money } from '@app/shared';
import {
  OrderAlreadyPaidException,
  OrderCancelledException,
  OrderExpiredException,
  OrderNotCancellableException,
} from './order.exceptions';

export type OrderStatus = 'PENDING_PAYMENT' | 'PAID' | 'CANCELLED' | 'EXPIRED' | 'REFUNDED';

/** What was ordered, with names and price as they were at that moment. */
export interface OrderLine {
  readonly productId: string;
  readonly productName: string;
  readonly optionId: string;
  readonly optionName: string;
  readonly unitPrice: Money;
  readonly quantity: number;
}

/** What is fixed when the order is placed and never changes again. */
export interface OrderTerms {
  readonly id: string;
  readonly userId: string;
  /** One line an option. */
  readonly lines: readonly OrderLine[];
  readonly couponId: string | null;
  /** What the coupon took off; never more than the subtotal. */
  readonly discount: Money;
  readonly placedAt: Date;
  /** From this moment on the order cannot be paid. */
  readonly expiresAt: Date;
}

interface OrderState {
  readonly status: OrderStatus;
  readonly paymentId: string | null;
  readonly paidAt: Date | null;
}

export function amountOf({ unitPrice, quantity }: OrderLine): Money {
  return unitPrice.times(quantity);
}

export function subtotalOf(lines: readonly OrderLine[]): Money {
  return lines.reduce((sum, line) => sum.plus(amountOf(line)), Money.zero);
}

/**
 * An order reserves stock and coupon until it is paid, cancelled or expires, whichever comes first: who holds its lock
 * decides, and everybody after reads the status.
 */
export class Order {
  readonly subtotal: Money;
  readonly total: Money;
  private changed = false;

  private constructor(
    readonly terms: OrderTerms,
    private state: OrderState,
  ) {
    this.subtotal = subtotalOf(terms.lines);
    this.total = this.subtotal.minus(terms.discount);
    if (this.total.won < 0) throw new Error(`order ${terms.id} has a discount above its subtotal`);
  }

  static place(terms: OrderTerms): Order {
    return new Order(terms, { status: 'PENDING_PAYMENT', paymentId: null, paidAt: null });
  }

  /** Rebuilds a stored order. For adapters and fakes. */
  static restore(terms: OrderTerms, state: OrderState): Order {
    return new Order(terms, state);
  }

  get id(): string {
    return this.terms.id;
  }

  get paymentId(): string | null {
    return this.state.paymentId;
  }

  get paidAt(): Date | null {
    return this.state.paidAt;
  }

  /** As stored, whatever the time is. For adapters. */
  get storedStatus(): OrderStatus {
    return this.state.status;
  }

  /** True when it has changed since it was restored. */
  get hasChanged(): boolean {
    return this.changed;
  }

  /** As anybody should see it at `now`: whether the sweeper has come by yet makes no difference. */
  statusAt(now: Date): OrderStatus {
    const { status } = this.state;
    return status === 'PENDING_PAYMENT' && now >= this.terms.expiresAt ? 'EXPIRED' : status;
  }

  /** @throws OrderAlreadyPaidException | OrderExpiredException | OrderCancelledException */
  assertPayable(now: Date): void {
    if (this.state.paymentId) throw new OrderAlreadyPaidException(this.state.paymentId);
    const status = this.statusAt(now);
    if (status === 'EXPIRED') throw new OrderExpiredException();
    if (status === 'CANCELLED') throw new OrderCancelledException();
  }

  /** @throws OrderAlreadyPaidException | OrderExpiredException | OrderCancelledException */
  pay(paymentId: string, now: Date): void {
    this.assertPayable(now);
    this.become({ status: 'PAID', paymentId, paidAt: now });
  }

  /** @throws OrderNotCancellableException */
  cancel(now: Date): void {
    const status = this.statusAt(now);
    if (status !== 'PENDING_PAYMENT') throw new OrderNotCancellableException(status);
    this.become({ ...this.state, status: 'CANCELLED' });
  }

  /** The sweeper's: ends an order whose time is over. */
  expire(now: Date): void {
    if (this.state.status !== 'PENDING_PAYMENT' || now < this.terms.expiresAt) {
      throw new Error(`order ${this.id} is not due to expire`);
    }
    this.become({ ...this.state, status: 'EXPIRED' });
  }

  /** Follows the refund of its payment. */
  refund(): void {
    if (this.state.status !== 'PAID') throw new Error(`order ${this.id} is not paid, so it cannot be refunded`);
    this.become({ ...this.state, status: 'REFUNDED' });
  }

  private become(state: OrderState): void {
    this.state = state;
    this.changed = true;
  }
}
