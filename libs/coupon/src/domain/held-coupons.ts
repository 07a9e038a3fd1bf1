import { CouponNotUsableException } from './coupon.exceptions';
import type { CouponRef, IssuedCoupon } from './issued-coupon';

/** Who holds which coupon, of those that were asked about. */
export class CouponHolders {
  private readonly keys: ReadonlySet<string>;

  constructor(refs: Iterable<CouponRef>) {
    this.keys = new Set([...refs].map(keyOf));
  }

  include(ref: CouponRef): boolean {
    return this.keys.has(keyOf(ref));
  }
}

/** The issued coupons that a unit of work has locked. */
export class HeldCoupons {
  private readonly byKey: ReadonlyMap<string, IssuedCoupon>;

  constructor(issued: Iterable<IssuedCoupon>) {
    this.byKey = new Map([...issued].map((coupon) => [keyOf(coupon), coupon]));
  }

  /** @throws CouponNotUsableException NOT_ISSUED for an unknown coupon, one never issued and one of somebody else alike */
  of(couponId: string, userId: string): IssuedCoupon {
    const coupon = this.byKey.get(keyOf({ couponId, userId }));
    if (!coupon) throw new CouponNotUsableException('NOT_ISSUED');
    return coupon;
  }

  get changed(): readonly IssuedCoupon[] {
    return [...this.byKey.values()].filter(({ hasChanged }) => hasChanged);
  }
}

function keyOf({ couponId, userId }: CouponRef): string {
  return `${couponId} ${userId}`;
}
