import type { Page, PageRequest } from '@app/shared';
import type { Coupon } from '../../domain/coupon';

/** Driven port: where coupons and their counters are kept. */
export abstract class CouponRepository {
  abstract add(coupon: Coupon, createdAt: Date): Promise<void>;

  /** Locks the coupons until the unit of work ends, in ascending order; by id, without those that do not exist. */
  abstract lockAll(couponIds: readonly string[]): Promise<ReadonlyMap<string, Coupon>>;

  /** Stores the counters of those that have issued; what they issued is the business of `IssuedCouponRepository`. */
  abstract saveAll(coupons: Iterable<Coupon>): Promise<void>;

  /** Coupons that are not sold out and have not ended, those that start later included; the first to end comes first. */
  abstract listIssuable(page: PageRequest): Promise<Page<Coupon>>;
}
