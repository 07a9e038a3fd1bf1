import { Money } from '@app/shared';
import { uuidv7 } from 'uuidv7';
import type { CouponTerms } from '../../../libs/coupon/src/domain/coupon-terms';
import { Discount } from '../../../libs/coupon/src/domain/discount';

/** Terms of a coupon that can be issued during the hour of `SetClock`, except for what the test is about. */
export function someTerms(terms: Partial<CouponTerms> = {}): CouponTerms {
  return {
    id: uuidv7(),
    name: '블랙프라이데이 3천원 할인',
    discount: new Discount('FIXED', 3_000),
    minOrderAmount: Money.of(10_000),
    totalQuantity: 100,
    validFrom: new Date('2026-11-22T03:00:00.000Z'),
    validUntil: new Date('2026-11-22T04:00:00.000Z'),
    ...terms,
  };
}
