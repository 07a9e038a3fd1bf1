import type { Page, PageRequest } from '@app/shared';
import type { CouponHolders, HeldCoupons } from '../../domain/held-coupons';
import type { CouponRef, IssuedCoupon } from '../../domain/issued-coupon';

/** Driven port: where the coupons of the users are kept. */
export abstract class IssuedCouponRepository {
  /**
   * Which of them hold their coupon already, by the last commit. Exact only once the coupons are locked: a statement
   * that has waited for a lock does not see what the other transaction has added.
   */
  abstract holdersAmong(refs: readonly CouponRef[]): Promise<CouponHolders>;

  abstract addAll(issued: readonly IssuedCoupon[]): Promise<void>;

  /** Locks them until the unit of work ends, in ascending order of coupon and user. */
  abstract lockAll(refs: readonly CouponRef[]): Promise<HeldCoupons>;

  /** Stores where the changed ones stand. */
  abstract saveAll(held: HeldCoupons): Promise<void>;

  /** The user's coupons, the last issued first. */
  abstract issuedTo(userId: string, page: PageRequest): Promise<Page<IssuedCoupon>>;
}
