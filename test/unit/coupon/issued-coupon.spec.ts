import { Money } from '@app/shared';
import { HeldCoupons } from '../../../libs/coupon/src/domain/held-coupons';
import { type CouponUse, IssuedCoupon } from '../../../libs/coupon/src/domain/issued-coupon';
import { someTerms } from './coupon-samples';

const now = new Date('2026-11-22T03:30:00.000Z');
const end = new Date('2026-11-22T04:00:00.000Z');
const enough = Money.of(10_000);
const tooLittle = Money.of(9_999);

const AVAILABLE: CouponUse = { status: 'AVAILABLE', orderId: null };
const RESERVED: CouponUse = { status: 'RESERVED', orderId: 'order-1' };
const USED: CouponUse = { status: 'USED', orderId: 'order-1' };

function couponThatIs(use: CouponUse): IssuedCoupon {
  return IssuedCoupon.restore(someTerms(), 'kim', 1, now, use);
}

describe('reserving an issued coupon', () => {
  it('sets it aside for the order and answers the discount', () => {
    const coupon = couponThatIs(AVAILABLE);

    expect(coupon.reserve('order-1', enough, now)).toEqual(Money.of(3_000));
    expect(coupon).toMatchObject(RESERVED);
    expect(coupon.hasChanged).toBe(true);
  });

  it.each([
    ['EXPIRED', AVAILABLE, enough, end],
    ['RESERVED', RESERVED, enough, now],
    ['USED', USED, enough, now],
    ['ORDER_TOO_SMALL', AVAILABLE, tooLittle, now],
    // Several at once: the first that applies.
    ['EXPIRED', USED, tooLittle, end],
    ['RESERVED', RESERVED, tooLittle, now],
  ] as const)('is refused with %s', (reason, use, subtotal, at) => {
    const coupon = couponThatIs(use);

    expect(() => coupon.reserve('order-2', subtotal, at)).toThrow(
      expect.objectContaining({ code: 'COUPON_NOT_USABLE', details: { reason } }),
    );
    expect(coupon).toMatchObject(use);
    expect(coupon.hasChanged).toBe(false);
  });
});

describe('an issued coupon on an order', () => {
  it('is used by the payment', () => {
    const coupon = couponThatIs(RESERVED);
    coupon.use('order-1');
    expect(coupon).toMatchObject(USED);
  });

  it.each([
    ['the order is given up', RESERVED, (coupon: IssuedCoupon) => coupon.release('order-1')],
    ['the payment is refunded', USED, (coupon: IssuedCoupon) => coupon.giveBack('order-1')],
  ])('is available again when %s', (_, use, act) => {
    const coupon = couponThatIs(use);
    act(coupon);
    expect(coupon).toMatchObject(AVAILABLE);
    expect(coupon.reserve('order-2', enough, now)).toEqual(Money.of(3_000));
  });

  it('has not changed when it was reserved and released again', () => {
    const coupon = couponThatIs(AVAILABLE);
    coupon.reserve('order-1', enough, now);
    coupon.release('order-1');
    expect(coupon.hasChanged).toBe(false);
  });

  it.each([
    ['using what is available', AVAILABLE, (coupon: IssuedCoupon) => coupon.use('order-1')],
    ['using what another order reserved', RESERVED, (coupon: IssuedCoupon) => coupon.use('order-2')],
    ['using it twice', USED, (coupon: IssuedCoupon) => coupon.use('order-1')],
    ['releasing what is available', AVAILABLE, (coupon: IssuedCoupon) => coupon.release('order-1')],
    ['releasing what another order reserved', RESERVED, (coupon: IssuedCoupon) => coupon.release('order-2')],
    ['releasing what is paid', USED, (coupon: IssuedCoupon) => coupon.release('order-1')],
    ['giving back what is not paid', RESERVED, (coupon: IssuedCoupon) => coupon.giveBack('order-1')],
    ['giving back what another order used', USED, (coupon: IssuedCoupon) => coupon.giveBack('order-2')],
  ])('takes %s for a bug', (_, use, act) => {
    const coupon = couponThatIs(use);

    // Not a refusal of the business, which would be an answer to a client.
    expect(() => act(coupon)).toThrow(expect.not.objectContaining({ code: expect.anything() }));
    expect(coupon).toMatchObject(use);
  });
});

describe('the coupons that are held', () => {
  const mine = couponThatIs(AVAILABLE);
  const held = new HeldCoupons([mine]);

  it('are found by coupon and user', () => {
    expect(held.of(mine.couponId, 'kim')).toBe(mine);
  });

  it.each([
    ['an unknown coupon', 'another', 'kim'],
    ['the coupon of somebody else', mine.couponId, 'lee'],
  ])('do not tell %s from one that was never issued', (_, couponId, userId) => {
    expect(() => held.of(couponId, userId)).toThrow(
      expect.objectContaining({ code: 'COUPON_NOT_USABLE', details: { reason: 'NOT_ISSUED' } }),
    );
  });
});
