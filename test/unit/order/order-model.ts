export const USERS = ['kim', 'lee'] as const;
export type User = (typeof USERS)[number];

/** Won, of the only option. */
export const PRICE = 10_000;
/** What both start with, in won. */
export const BALANCE = 20_000;
/** Won, of the coupon that each has. */
const DISCOUNT = 3_000;
/** Minutes after which an order cannot be paid, and a coupon not be put on another one. */
const TIME_TO_PAY = 15;
const COUPON_ENDS = 60;

export interface Step {
  readonly kind: 'place' | 'pay' | 'cancel' | 'refund' | 'expire' | 'charge';
  /** Who places an order or charges. */
  readonly user: User;
  /** Which order, of those that were placed so far. */
  readonly which: number;
  /** Whether somebody else than its owner asks for it. */
  readonly byStranger: boolean;
  readonly quantity: number;
  readonly withCoupon: boolean;
  /** Minutes that pass before it. */
  readonly wait: number;
}

/** What the rules keep of an order. */
export interface ModelOrder {
  readonly owner: User;
  readonly quantity: number;
  readonly withCoupon: boolean;
  readonly dueAt: number;
  status: 'PENDING_PAYMENT' | 'PAID' | 'CANCELLED' | 'EXPIRED' | 'REFUNDED';
}

/** The rules on plain numbers: one shelf, and a balance and a coupon of each user. */
export class Model {
  now = 0;
  readonly orders: ModelOrder[] = [];
  readonly balances = { kim: BALANCE, lee: BALANCE };
  readonly coupons = { kim: 'AVAILABLE', lee: 'AVAILABLE' };
  reserved = 0;

  constructor(public onHand: number) {}

  /** How a step ends; changes nothing when it is refused. */
  take({ kind, user, which, byStranger, quantity, withCoupon }: Step): string {
    if (kind === 'place') return this.place(user, quantity, withCoupon);
    if (kind === 'expire') return this.expire();
    if (kind === 'charge') {
      this.balances[user] += quantity * PRICE;
      return 'done';
    }
    const order = byStranger ? undefined : this.orders[which % this.orders.length];
    if (kind === 'refund') return this.refund(order);
    if (!order) return 'ORDER_NOT_FOUND';
    return kind === 'pay' ? this.pay(order) : this.cancel(order);
  }

  private place(owner: User, quantity: number, withCoupon: boolean): string {
    if (this.onHand - this.reserved < quantity) return 'OUT_OF_STOCK';
    if (withCoupon && (this.now >= COUPON_ENDS || this.coupons[owner] !== 'AVAILABLE')) return 'COUPON_NOT_USABLE';
    this.orders.push({ owner, quantity, withCoupon, dueAt: this.now + TIME_TO_PAY, status: 'PENDING_PAYMENT' });
    this.reserved += quantity;
    if (withCoupon) this.coupons[owner] = 'RESERVED';
    return 'done';
  }

  private pay(order: ModelOrder): string {
    if (order.status === 'PAID' || order.status === 'REFUNDED') return 'ORDER_ALREADY_PAID';
    if (order.status === 'CANCELLED') return 'ORDER_CANCELLED';
    if (order.status === 'EXPIRED' || this.now >= order.dueAt) return 'ORDER_EXPIRED';
    if (this.balances[order.owner] < totalOf(order)) return 'INSUFFICIENT_BALANCE';
    this.balances[order.owner] -= totalOf(order);
    this.onHand -= order.quantity;
    this.end(order, 'PAID', 'USED');
    return 'done';
  }

  private cancel(order: ModelOrder): string {
    if (order.status !== 'PENDING_PAYMENT' || this.now >= order.dueAt) return 'ORDER_NOT_CANCELLABLE';
    this.end(order, 'CANCELLED', 'AVAILABLE');
    return 'done';
  }

  private refund(order: ModelOrder | undefined): string {
    if (order?.status === 'REFUNDED') return 'PAYMENT_ALREADY_REFUNDED';
    if (order?.status !== 'PAID') return 'PAYMENT_NOT_FOUND';
    this.balances[order.owner] += totalOf(order);
    this.onHand += order.quantity;
    order.status = 'REFUNDED';
    if (order.withCoupon) this.coupons[order.owner] = 'AVAILABLE';
    return 'done';
  }

  private expire(): string {
    const due = this.orders.filter(({ status, dueAt }) => status === 'PENDING_PAYMENT' && this.now >= dueAt);
    for (const order of due) this.end(order, 'EXPIRED', 'AVAILABLE');
    return `${due.length} expired`;
  }

  /** What was reserved is released, once. */
  private end(order: ModelOrder, status: ModelOrder['status'], coupon: string): void {
    order.status = status;
    this.reserved -= order.quantity;
    if (order.withCoupon) this.coupons[order.owner] = coupon;
  }
}

const totalOf = ({ quantity, withCoupon }: ModelOrder): number => quantity * PRICE - (withCoupon ? DISCOUNT : 0);
