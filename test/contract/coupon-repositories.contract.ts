import { type Clock, Money, type Page, type PageRequest, type UnitOfWork } from '@app/shared';
import { uuidv7 } from 'uuidv7';
import type { CouponRepository } from '../../libs/coupon/src/application/ports/coupon.repository';
import type { IssuedCouponRepository } from '../../libs/coupon/src/application/ports/issued-coupon.repository';
import { Coupon } from '../../libs/coupon/src/domain/coupon';
import type { CouponTerms } from '../../libs/coupon/src/domain/coupon-terms';
import { Discount } from '../../libs/coupon/src/domain/discount';

/** An empty shop. */
export interface CouponStore {
  readonly coupons: CouponRepository;
  readonly issued: IssuedCouponRepository;
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
}

const HOUR = 3_600_000;

/** What the coupon module relies on, wherever coupons are kept. */
export function couponRepositoriesContract(open: () => Promise<CouponStore>): void {
  let store: CouponStore;
  let now: Date;

  beforeEach(async () => {
    store = await open();
    now = await store.clock.now();
  });

  const inHours = (hours: number) => new Date(now.getTime() + hours * HOUR);

  async function someCoupon(terms: Partial<CouponTerms> = {}): Promise<CouponTerms> {
    const coupon = Coupon.open({
      id: uuidv7(),
      name: '블랙프라이데이 10% 할인',
      discount: new Discount('PERCENT', 10, Money.of(5_000)),
      minOrderAmount: Money.of(30_000),
      totalQuantity: 3,
      validFrom: inHours(-1),
      validUntil: inHours(1),
      ...terms,
    });
    await store.unitOfWork.run(() => store.coupons.add(coupon, now));
    return coupon.terms;
  }

  /** Issues the coupon as the service does: the counter and what it counts together. */
  function issue(couponId: string, userIds: readonly string[], at = now): Promise<void> {
    return store.unitOfWork.run(async () => {
      const coupons = await store.coupons.lockAll([couponId]);
      const coupon = coupons.get(couponId)!;
      for (const userId of userIds) coupon.issueTo(userId, false, at);
      await store.issued.addAll(coupon.changes);
      await store.coupons.saveAll(coupons.values());
    });
  }

  async function allPages<T>(list: (page: PageRequest) => Promise<Page<T>>): Promise<T[][]> {
    const pages: T[][] = [];
    let cursor: string | null = null;
    do {
      const page: Page<T> = await list(cursor === null ? { limit: 2 } : { limit: 2, cursor });
      pages.push([...page.items]);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return pages;
  }

  const issuable = () =>
    allPages(async (page) => {
      const { items, nextCursor } = await store.coupons.listIssuable(page);
      return { items: items.map(({ terms }) => terms.id), nextCursor };
    });

  describe('coupons', () => {
    it.each([null, Money.of(5_000)])('come back as they were added, with a cap of %p', async (cap) => {
      const terms = await someCoupon({ discount: new Discount('FIXED', 3_000, cap) });

      const locked = await store.unitOfWork.run(() => store.coupons.lockAll([terms.id]));

      expect(locked.get(terms.id)).toEqual(Coupon.open(terms));
    });

    it('are locked once each, in ascending order, without those that do not exist', async () => {
      const ids = [(await someCoupon()).id, (await someCoupon()).id];

      const locked = await store.unitOfWork.run(() => store.coupons.lockAll([...ids, uuidv7(), ...ids].reverse()));

      expect([...locked.keys()]).toEqual([...ids].sort());
    });

    it('remember how many were issued', async () => {
      const { id } = await someCoupon();
      const { id: untouched } = await someCoupon();
      await issue(id, ['kim', 'lee']);

      const locked = await store.unitOfWork.run(() => store.coupons.lockAll([id, untouched]));

      expect(locked.get(id)).toMatchObject({ issued: 2, remaining: 1 });
      expect(locked.get(untouched)).toMatchObject({ issued: 0, remaining: 3 });
    });

    it('are listed until they end or are gone, the first to end first, page by page', async () => {
      const [late, soon] = [await someCoupon({ validUntil: inHours(3) }), await someCoupon()];
      const [twin, future] = [await someCoupon(), await someCoupon({ validFrom: inHours(1), validUntil: inHours(2) })];
      await someCoupon({ validFrom: inHours(-2), validUntil: inHours(-1) });
      await issue((await someCoupon({ totalQuantity: 1 })).id, ['kim']);

      expect(await issuable()).toEqual([[soon.id, twin.id].sort(), [future.id, late.id]]);
    });

    it('are an empty list when there are none', async () => {
      expect(await issuable()).toEqual([[]]);
    });
  });

  describe('issued coupons', () => {
    it('know who holds one of which coupon', async () => {
      const [a, b] = [await someCoupon(), await someCoupon()];
      await issue(a.id, ['kim']);
      await issue(b.id, ['lee']);
      const refs = [a, b].flatMap(({ id }) => [
        { couponId: id, userId: 'kim' },
        { couponId: id, userId: 'lee' },
      ]);

      const holders = await store.issued.holdersAmong(refs);

      expect(refs.map((ref) => holders.include(ref))).toEqual([true, false, false, true]);
    });

    it('are locked with the terms of their coupon', async () => {
      const terms = await someCoupon();
      await issue(terms.id, ['kim', 'lee']);
      const ref = { couponId: terms.id, userId: 'lee' };

      const held = await store.unitOfWork.run(() => store.issued.lockAll([ref, ref]));

      const expected = { terms, userId: 'lee', sequence: 2, issuedAt: now, status: 'AVAILABLE', orderId: null };
      expect(held.of(terms.id, 'lee')).toMatchObject(expected);
      expect(() => held.of(terms.id, 'kim')).toThrow(expect.objectContaining({ details: { reason: 'NOT_ISSUED' } }));
      expect(held.changed).toEqual([]);
    });

    it('remember the order they are on', async () => {
      const [{ id }, orderId] = [await someCoupon(), uuidv7()];
      await issue(id, ['kim', 'lee']);
      const both = ['kim', 'lee'].map((userId) => ({ couponId: id, userId }));

      await store.unitOfWork.run(async () => {
        const held = await store.issued.lockAll(both);
        held.of(id, 'kim').reserve(orderId, Money.of(30_000), now);
        await store.issued.saveAll(held);
      });

      const held = await store.unitOfWork.run(() => store.issued.lockAll(both));
      expect(held.of(id, 'kim')).toMatchObject({ status: 'RESERVED', orderId });
      expect(held.of(id, 'lee')).toMatchObject({ status: 'AVAILABLE', orderId: null });
    });

    it('belong to a user once', async () => {
      const { id } = await someCoupon();
      await issue(id, ['kim']);

      await expect(issue(id, ['kim'])).rejects.toThrow(/duplicate key/);
    });

    it('are listed to their user alone, the last issued first, page by page', async () => {
      const terms = [await someCoupon(), await someCoupon(), await someCoupon(), await someCoupon()];
      const [first, second, third] = terms.map(({ id }) => id) as [string, string, string];
      await issue(second, ['lee', 'kim'], new Date(now.getTime() - 1));
      await issue(first, ['kim'], now);
      await issue(third, ['kim'], now);

      const pages = await allPages((page) => store.issued.issuedTo('kim', page));

      const sameTime = [first, third].sort().reverse();
      expect(pages.map((page) => page.map(({ couponId }) => couponId))).toEqual([sameTime, [second]]);
      expect(pages[1]![0]).toMatchObject({ terms: terms[1], userId: 'kim', sequence: 2, status: 'AVAILABLE' });
    });
  });
}
