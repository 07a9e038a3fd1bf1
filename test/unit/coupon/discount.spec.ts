import { Money } from '@app/shared';
import fc from 'fast-check';
import { DISCOUNT_LIMITS, Discount, type DiscountType } from '../../../libs/coupon/src/domain/discount';

const won = (amount: number) => Money.of(amount);
/** 50 lines of 1,000 at 100,000,000 won: nothing that can be ordered costs more. */
const subtotals = fc.integer({ min: 0, max: 5_000_000_000_000 }).map(won);
const caps = fc.option(fc.integer({ min: 1, max: 100_000_000_000 }).map(won));
const valuesOf = (type: DiscountType) => fc.integer({ min: 1, max: DISCOUNT_LIMITS[type] });
const discounts = fc
  .constantFrom<DiscountType>('FIXED', 'PERCENT')
  .chain((type) => fc.tuple(valuesOf(type), caps).map(([value, cap]) => new Discount(type, value, cap)));

describe('a discount', () => {
  it.each([
    ['takes a fixed amount', new Discount('FIXED', 3_000), 10_000, 3_000],
    ['takes a fixed amount no further than the subtotal', new Discount('FIXED', 3_000), 2_500, 2_500],
    ['takes a fixed amount up to its cap', new Discount('FIXED', 3_000, won(1_000)), 10_000, 1_000],
    ['takes a percentage', new Discount('PERCENT', 10), 10_000, 1_000],
    ['rounds a percentage down to a won', new Discount('PERCENT', 15), 999, 149],
    ['takes nothing when the percentage is less than a won', new Discount('PERCENT', 1), 99, 0],
    ['takes a percentage up to its cap', new Discount('PERCENT', 50, won(4_000)), 10_000, 4_000],
    ['can take everything', new Discount('PERCENT', 100), 9_999, 9_999],
    ['takes nothing off nothing', new Discount('FIXED', 3_000), 0, 0],
  ])('%s', (_, discount, subtotal, expected) => {
    expect(discount.on(won(subtotal))).toEqual(won(expected));
  });

  it('is never negative, never above the subtotal and never above its cap', () => {
    fc.assert(
      fc.property(discounts, subtotals, (discount, subtotal) => {
        const taken = discount.on(subtotal);

        expect(taken.won).toBeGreaterThanOrEqual(0);
        expect(subtotal.covers(taken)).toBe(true);
        expect((discount.cap ?? taken).covers(taken)).toBe(true);
      }),
    );
  });

  it('takes the exact percentage without its fraction, however large the order', () => {
    fc.assert(
      fc.property(valuesOf('PERCENT'), subtotals, (percent, subtotal) => {
        const exact = (BigInt(subtotal.won) * BigInt(percent)) / 100n;

        expect(new Discount('PERCENT', percent).on(subtotal).won).toBe(Number(exact));
      }),
    );
  });

  it.each([
    ['FIXED', 0],
    ['FIXED', 100_000_001],
    ['FIXED', 1.5],
    ['PERCENT', 0],
    ['PERCENT', 101],
  ] as const)('cannot be %s of %d', (type, value) => {
    expect(() => new Discount(type, value)).toThrow(RangeError);
  });
});
