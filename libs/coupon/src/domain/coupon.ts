import {
  CouponAlreadyIssuedException,
  CouponExpiredException,
  CouponNotStartedException,
  CouponSoldOutException,
} from './coupon.exceptions';
import type { CouponTerms } from './coupon-terms';
import { IssuedCoupon } from './issued-coupon';

/** A coupon that is issued first come, first served: once to a user, and never more often than `totalQuantity`. */
export class Coupon {
  private readonly recorded = new Map<string, IssuedCoupon>();

  private constructor(
    readonly terms: CouponTerms,
    private count: number,
  ) {}

  /** @throws RangeError when it could never be issued */
  static open(terms: CouponTerms): Coupon {
    if (terms.validFrom >= terms.validUntil) throw new RangeError('a coupon must start before it ends');
    return new Coupon(terms, 0);
  }

  /** Rebuilds a stored coupon. For adapters and fakes. */
  static restore(terms: CouponTerms, issued: number): Coupon {
    return new Coupon(terms, issued);
  }

  get issued(): number {
    return this.count;
  }

  get remaining(): number {
    return this.terms.totalQuantity - this.count;
  }

  /** The coupons issued since it was restored. */
  get changes(): readonly IssuedCoupon[] {
    return [...this.recorded.values()];
  }

  /**
   * Gives the user the next coupon; its sequence says that the user is the N-th.
   * `holdsOne`: whether the user held one when this coupon was locked.
   * @throws CouponNotStartedException | CouponExpiredException | CouponSoldOutException | CouponAlreadyIssuedException
   */
  issueTo(userId: string, holdsOne: boolean, now: Date): IssuedCoupon {
    if (now < this.terms.validFrom) throw new CouponNotStartedException();
    if (now >= this.terms.validUntil) throw new CouponExpiredException();
    if (this.remaining <= 0) throw new CouponSoldOutException();
    if (holdsOne || this.recorded.has(userId)) throw new CouponAlreadyIssuedException();

    this.count += 1;
    const issued = IssuedCoupon.issue(this.terms, userId, this.count, now);
    this.recorded.set(userId, issued);
    return issued;
  }
}
