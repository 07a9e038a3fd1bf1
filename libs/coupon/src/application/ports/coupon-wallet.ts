import type { HeldCoupons } from '../../domain/held-coupons';
import type { CouponRef } from '../../domain/issued-coupon';

/**
 * Driving port that this module publishes: coupons on orders, inside the caller's unit of work. An order reserves its
 * coupon, a payment uses it, cancel and expiry release it, a refund gives it back; then all are saved together.
 */
export abstract class CouponWallet {
  /**
   * Locks the users' coupons until the unit of work ends: after the options, before the balances. What is not there is
   * refused when it is asked for, with `HeldCoupons.of`.
   */
  abstract lockAll(refs: readonly CouponRef[]): Promise<HeldCoupons>;

  /** Stores what has changed. */
  abstract saveAll(held: HeldCoupons): Promise<void>;
}
