import type { Money } from '@app/shared';
import { CouponNotUsableException } from './coupon.exceptions';
import type { CouponTerms } from './coupon-terms';

export type IssuedCouponStatus = 'AVAILABLE' | 'RESERVED' | 'USED';

/** Whose coupon: a user holds each coupon at most once. */
export interface CouponRef {
  readonly couponId: string;
  readonly userId: string;
}

/** Where an issued coupon stands: on which order, and whether that one is paid. */
export interface CouponUse {
  readonly status: IssuedCouponStatus;
  readonly orderId: string | null;
}

const UNUSED: CouponUse = { status: 'AVAILABLE', orderId: null };

/** One user's coupon. An order reserves it, its payment uses it; it is on one order at a time. */
export class IssuedCoupon implements CouponRef {
  private readonly stored: CouponUse;

  private constructor(
    readonly terms: CouponTerms,
    readonly userId: string,
    /** The user is the N-th who got this coupon: 1 to `totalQuantity`, without a gap. */
    readonly sequence: number,
    readonly issuedAt: Date,
    private current: CouponUse,
  ) {
    this.stored = current;
  }

  static issue(terms: CouponTerms, userId: string, sequence: number, at: Date): IssuedCoupon {
    return new IssuedCoupon(terms, userId, sequence, at, UNUSED);
  }

  /** Rebuilds a stored one. For adapters and fakes. */
  static restore(terms: CouponTerms, userId: string, sequence: number, issuedAt: Date, use: CouponUse): IssuedCoupon {
    return new IssuedCoupon(terms, userId, sequence, issuedAt, use);
  }

  get couponId(): string {
    return this.terms.id;
  }

  get status(): IssuedCouponStatus {
    return this.current.status;
  }

  /** The order that reserved or used it. */
  get orderId(): string | null {
    return this.current.orderId;
  }

  /** Whether it differs from what was restored. */
  get hasChanged(): boolean {
    return this.current.status !== this.stored.status || this.current.orderId !== this.stored.orderId;
  }

  /**
   * Sets it aside for an order of `subtotal` and answers the discount that the order gets.
   * @throws CouponNotUsableException
   */
  reserve(orderId: string, subtotal: Money, now: Date): Money {
    const { discount, minOrderAmount, validUntil } = this.terms;
    if (now >= validUntil) throw new CouponNotUsableException('EXPIRED');
    if (this.current.status !== 'AVAILABLE') throw new CouponNotUsableException(this.current.status);
    if (!subtotal.covers(minOrderAmount)) throw new CouponNotUsableException('ORDER_TOO_SMALL');

    this.current = { status: 'RESERVED', orderId };
    return discount.on(subtotal);
  }

  /** The order was paid. It counts even when the coupon has expired since: the order holds what it reserved. */
  use(orderId: string): void {
    this.assertIs('RESERVED', orderId);
    this.current = { status: 'USED', orderId };
  }

  /** The order was cancelled, or has expired unpaid. */
  release(orderId: string): void {
    this.assertIs('RESERVED', orderId);
    this.current = UNUSED;
  }

  /** The payment of the order was refunded. */
  giveBack(orderId: string): void {
    this.assertIs('USED', orderId);
    this.current = UNUSED;
  }

  /** Orders lock their coupon and know its status: anything else is a bug, not a refusal. */
  private assertIs(status: IssuedCouponStatus, orderId: string): void {
    if (this.current.status === status && this.current.orderId === orderId) return;
    throw new Error(
      `coupon ${this.couponId} of ${this.userId} is ${this.current.status} by order ${this.current.orderId}, ` +
        `not ${status} by order ${orderId}`,
    );
  }
}
