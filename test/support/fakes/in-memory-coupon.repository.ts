import { type Clock, type Page, type PageRequest, pageOf } from '@app/shared';
import { CouponRepository } from '../../../libs/coupon/src/application/ports/coupon.repository';
import { Coupon } from '../../../libs/coupon/src/domain/coupon';

export class InMemoryCouponRepository extends CouponRepository {
  private readonly stored = new Map<string, Coupon>();

  constructor(private readonly clock: Clock) {
    super();
  }

  async add(coupon: Coupon): Promise<void> {
    this.stored.set(coupon.terms.id, copyOf(coupon));
  }

  async lockAll(couponIds: readonly string[]): Promise<ReadonlyMap<string, Coupon>> {
    const known = [...new Set(couponIds)].sort().flatMap((id) => this.stored.get(id) ?? []);
    return new Map(known.map((coupon) => [coupon.terms.id, copyOf(coupon)]));
  }

  async saveAll(coupons: Iterable<Coupon>): Promise<void> {
    for (const coupon of coupons) this.stored.set(coupon.terms.id, copyOf(coupon));
  }

  async listIssuable({ limit, cursor = '' }: PageRequest): Promise<Page<Coupon>> {
    const now = await this.clock.now();
    const open = [...this.stored.values()]
      .filter((coupon) => coupon.terms.validUntil > now && coupon.remaining > 0 && positionOf(coupon) > cursor)
      .sort((a, b) => (positionOf(a) < positionOf(b) ? -1 : 1));
    return pageOf(open.slice(0, limit + 1).map(copyOf), limit, positionOf);
  }
}

/** What is stored does not change when somebody's object does. */
function copyOf({ terms, issued }: Coupon): Coupon {
  return Coupon.restore(terms, issued);
}

function positionOf({ terms }: Coupon): string {
  return `${terms.validUntil.toISOString()} ${terms.id}`;
}
