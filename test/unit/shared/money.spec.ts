import { Money } from '@app/shared';
import fc from 'fast-check';

const won = Money.of;
const amounts = fc.integer({ min: 0, max: 10_000_000_000_000 });
const percents = fc.integer({ min: 0, max: 100 });

describe('an amount of won', () => {
  it.each([0.1, 1e16, Number.MAX_SAFE_INTEGER + 1, Number.NaN, Number.POSITIVE_INFINITY, '1000' as unknown as number])(
    'cannot be %p, which is no safe integer',
    (amount) => {
      expect(() => won(amount)).toThrow(RangeError);
    },
  );

  it('knows one zero only, so that nobody is shown -0 won', () => {
    expect(won(-0)).toBe(Money.zero);
    expect(Object.is(won(5).minus(won(5)).won, 0)).toBe(true);
    expect(Object.is(won(-3).times(0).won, 0)).toBe(true);
  });

  it('refuses a sum, a difference or a multiple that would no longer be exact', () => {
    const most = won(Number.MAX_SAFE_INTEGER);

    expect(() => most.plus(won(1))).toThrow(RangeError);
    expect(() => won(-1).minus(most).minus(won(1))).toThrow(RangeError);
    expect(() => most.times(2)).toThrow(RangeError);
    expect(() => won(1_000).times(1.0005)).toThrow(RangeError);
  });

  it('refuses a percentage that would no longer be exact', () => {
    expect(() => won(Number.MAX_SAFE_INTEGER).percent(99)).toThrow(RangeError);
  });

  it('is positive from 1 won on', () => {
    expect([won(-1), won(0), won(1)].map(({ isPositive }) => isPositive)).toEqual([false, false, true]);
  });

  it('covers as much as itself and not a won more', () => {
    expect(won(1_000).covers(won(1_000))).toBe(true);
    expect(won(1_000).covers(won(1_001))).toBe(false);
  });

  it('is the lesser of itself and a limit', () => {
    expect(won(3_000).atMost(won(2_000))).toEqual(won(2_000));
    expect(won(1_000).atMost(won(2_000))).toEqual(won(1_000));
  });

  it('is a plain number in JSON', () => {
    expect(JSON.stringify({ amount: won(12_000) })).toBe('{"amount":12000}');
  });

  it.each([
    [10, 1_999, 199],
    [33, 100, 33],
    [1, 99, 0],
    [100, 12_345, 12_345],
  ])('takes %i percent of %i won rounded down to %i', (percent, amount, expected) => {
    expect(won(amount).percent(percent)).toEqual(won(expected));
  });
});

describe('for every amount that the shop can meet', () => {
  it('adding and taking away again changes nothing', () => {
    fc.assert(fc.property(amounts, amounts, (a, b) => won(a).plus(won(b)).minus(won(b)).won === a));
  });

  it('a multiple is the sum of as many', () => {
    fc.assert(
      fc.property(amounts, fc.integer({ min: 0, max: 20 }), (a, n) => {
        const sum = Array.from({ length: n }, () => won(a)).reduce((total, each) => total.plus(each), Money.zero);
        expect(won(a).times(n)).toEqual(sum);
      }),
    );
  });

  it('a percentage equals that of exact integers, rounded down', () => {
    fc.assert(
      fc.property(amounts, percents, (a, p) => {
        expect(BigInt(won(a).percent(p).won)).toBe((BigInt(a) * BigInt(p)) / 100n);
      }),
      { numRuns: 2_000 },
    );
  });

  it('a percentage and what is left of it never make more than there was', () => {
    fc.assert(
      fc.property(amounts, percents, (a, p) => {
        const sum = won(a)
          .percent(p)
          .plus(won(a).percent(100 - p)).won;
        expect(sum === a || sum === a - 1).toBe(true);
      }),
    );
  });
});
