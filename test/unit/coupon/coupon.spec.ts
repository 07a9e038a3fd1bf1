import fc from 'fast-check';
import { Coupon } from '../../../libs/coupon/src/domain/coupon';
import {
  CouponAlreadyIssuedException,
  CouponExpiredException,
  CouponNotStartedException,
  CouponSoldOutException,
} from '../../../libs/coupon/src/domain/coupon.exceptions';
import { someTerms } from './coupon-samples';

const start = new Date('2026-11-22T03:00:00.000Z');
const justBeforeStart = new Date('2026-11-22T02:59:59.999Z');
const end = new Date('2026-11-22T04:00:00.000Z');
const justBeforeEnd = new Date('2026-11-22T03:59:59.999Z');

describe('issuing a coupon', () => {
  it('tells the caller to be the N-th', () => {
    const coupon = Coupon.restore(someTerms({ totalQuantity: 10 }), 4);

    const issued = coupon.issueTo('kim', false, start);

    expect(issued).toMatchObject({ userId: 'kim', sequence: 5, status: 'AVAILABLE', orderId: null, issuedAt: start });
    expect(coupon.issued).toBe(5);
    expect(coupon.remaining).toBe(5);
    expect(coupon.changes).toEqual([issued]);
  });

  it.each([start, justBeforeEnd])('is open at %p', (now) => {
    expect(Coupon.open(someTerms()).issueTo('kim', false, now).sequence).toBe(1);
  });

  it('is not open just before the start', () => {
    expect(() => Coupon.open(someTerms()).issueTo('kim', false, justBeforeStart)).toThrow(CouponNotStartedException);
  });

  it('is over at the end', () => {
    expect(() => Coupon.open(someTerms()).issueTo('kim', false, end)).toThrow(CouponExpiredException);
  });

  it('gives out the last one, and no more', () => {
    const coupon = Coupon.restore(someTerms({ totalQuantity: 2 }), 1);

    expect(coupon.issueTo('kim', false, start).sequence).toBe(2);
    expect(() => coupon.issueTo('lee', false, start)).toThrow(CouponSoldOutException);
  });

  it('refuses whoever held one when it was locked', () => {
    expect(() => Coupon.open(someTerms()).issueTo('kim', true, start)).toThrow(CouponAlreadyIssuedException);
  });

  it('refuses whoever got one a moment ago', () => {
    const coupon = Coupon.open(someTerms());
    coupon.issueTo('kim', false, start);

    expect(() => coupon.issueTo('kim', false, start)).toThrow(CouponAlreadyIssuedException);
    expect(coupon.changes).toHaveLength(1);
  });

  it.each([
    ['not started', justBeforeStart, CouponNotStartedException],
    ['expired', end, CouponExpiredException],
    ['sold out', start, CouponSoldOutException],
  ])('says %s first when it is sold out and held already', (_, now, exception) => {
    const coupon = Coupon.restore(someTerms({ totalQuantity: 5 }), 5);

    expect(() => coupon.issueTo('kim', true, now)).toThrow(exception);
  });

  it('leaves no trace of a refusal', () => {
    const coupon = Coupon.open(someTerms());

    for (const [holdsOne, now] of [
      [false, justBeforeStart],
      [false, end],
      [true, start],
    ] as const) {
      expect(() => coupon.issueTo('kim', holdsOne, now)).toThrow();
    }

    expect(coupon.issued).toBe(0);
    expect(coupon.changes).toEqual([]);
  });

  it('numbers the winners 1 to N without a gap, whoever asks how often and in whatever order', () => {
    const users = fc.array(fc.integer({ min: 0, max: 30 }).map(String), { maxLength: 100 });
    fc.assert(
      fc.property(users, fc.integer({ min: 1, max: 40 }), (callers, totalQuantity) => {
        const coupon = Coupon.open(someTerms({ totalQuantity }));

        for (const userId of callers) {
          try {
            coupon.issueTo(userId, false, start);
          } catch {
            // Refused; who wins is asserted below.
          }
        }

        const winners = [...new Set(callers)].slice(0, totalQuantity);
        expect(coupon.changes.map(({ userId }) => userId)).toEqual(winners);
        expect(coupon.changes.map(({ sequence }) => sequence)).toEqual(winners.map((_, i) => i + 1));
        expect(coupon.issued).toBe(winners.length);
      }),
    );
  });

  it('cannot be opened with an end that is not after its start', () => {
    expect(() => Coupon.open(someTerms({ validUntil: start }))).toThrow(RangeError);
  });
});
