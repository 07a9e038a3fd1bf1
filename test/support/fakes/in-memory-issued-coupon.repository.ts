import { type Page, type PageRequest, pageOf } from '@app/shared';
import { IssuedCouponRepository } from '../../../libs/coupon/src/application/ports/issued-coupon.repository';
import { CouponHolders, HeldCoupons } from '../../../libs/coupon/src/domain/held-coupons';
import { type CouponRef, IssuedCoupon } from '../../../libs/coupon/src/domain/issued-coupon';

export class InMemoryIssuedCouponRepository extends IssuedCouponRepository {
  private readonly stored = new Map<string, IssuedCoupon>();

  async holdersAmong(refs: readonly CouponRef[]): Promise<CouponHolders> {
    return new CouponHolders(refs.filter((ref) => this.stored.has(keyOf(ref))));
  }

  async addAll(issued: readonly IssuedCoupon[]): Promise<void> {
    for (const coupon of issued) {
      const taken = [...this.stored.values()].some(
        ({ couponId, userId, sequence }) =>
          couponId === coupon.couponId && (userId === coupon.userId || sequence === coupon.sequence),
      );
      if (taken) throw new Error('duplicate key: a user has a coupon once, and a sequence belongs to one user');
      this.stored.set(keyOf(coupon), copyOf(coupon));
    }
  }

  async lockAll(refs: readonly CouponRef[]): Promise<HeldCoupons> {
    return new HeldCoupons(refs.flatMap((ref) => this.stored.get(keyOf(ref)) ?? []).map(copyOf));
  }

  async saveAll(held: HeldCoupons): Promise<void> {
    for (const coupon of held.changed) this.stored.set(keyOf(coupon), copyOf(coupon));
  }

  async issuedTo(userId: string, { limit, cursor = '~' }: PageRequest): Promise<Page<IssuedCoupon>> {
    const newestFirst = [...this.stored.values()]
      .filter((coupon) => coupon.userId === userId && positionOf(coupon) < cursor)
      .sort((a, b) => (positionOf(a) < positionOf(b) ? 1 : -1));
    return pageOf(newestFirst.slice(0, limit + 1).map(copyOf), limit, positionOf);
  }
}

/** What is stored does not change when somebody's object does. */
function copyOf({ terms, userId, sequence, issuedAt, status, orderId }: IssuedCoupon): IssuedCoupon {
  return IssuedCoupon.restore(terms, userId, sequence, issuedAt, { status, orderId });
}

function keyOf({ couponId, userId }: CouponRef): string {
  return `${couponId} ${userId}`;
}

function positionOf({ issuedAt, couponId }: IssuedCoupon): string {
  return `${issuedAt.toISOString()} ${couponId}`;
}
