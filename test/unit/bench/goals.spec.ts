import { judge } from '../../bench/report/goals';
import { noiseOf } from '../../bench/report/noise';
import { row } from './rows';

describe('the goals', () => {
  const coupons = [
    row({ work: 'coupon', callers: 64, contender: 'shop', p50: 2, p99: 9 }, 12_000),
    row({ work: 'coupon', callers: 64, contender: 'a' }, 1_000),
    row({ work: 'coupon', callers: 64, contender: 'a2' }, 2_001),
  ];

  it('are reached at the limit, and missed below it', () => {
    const verdicts = judge(coupons).filter(({ what }) => /^coupon.*64 callers: x a/.test(what));

    expect(verdicts.map(({ wanted, ok }) => [wanted, ok])).toEqual([
      ['at least 12', true],
      ['at least 6', false],
    ]);
  });

  it('are missed above the limit where less is better', () => {
    const [evenness] = judge(coupons).filter(({ what }) => /^coupon.*p99 over p50/.test(what));

    expect(evenness).toMatchObject({ wanted: 'at most 4', reached: 4.5, ok: false });
  });

  it('are not reached where nothing was measured', () => {
    expect(judge([]).filter(({ ok, reached }) => ok || reached !== undefined)).toEqual([]);
  });

  it('are not reached over a yardstick that did nothing', () => {
    const rows = [coupons[0]!, row({ work: 'coupon', callers: 64, contender: 'a' }, 0)];

    expect(judge(rows)[0]).toMatchObject({ reached: undefined, ok: false });
  });

  it('compare the hot option with many, 256 callers with 64, and the purchase at 128', () => {
    const rows = [
      row({ work: 'order', callers: 64, contender: 'shop' }, 1_000),
      row({ work: 'order-hot', callers: 64, contender: 'shop' }, 900),
      row({ work: 'order', callers: 256, contender: 'shop' }, 1_100),
      row({ work: 'purchase', callers: 128, contender: 'shop' }, 500),
      row({ work: 'purchase', callers: 128, contender: 'a' }, 100),
    ];

    const reached = judge(rows).filter((verdict) => verdict.reached !== undefined && !/p99/.test(verdict.what));

    expect(
      reached.map((verdict) => [verdict.what.replace(', two lines over 1,000 options', ''), verdict.reached]),
    ).toEqual([
      ['order of one hot option over orders of 1,000 options, 64 callers', 0.9],
      ['order: 256 callers over 64', 1.1],
      ['purchase: charge, order, pay, 128 callers: x a', 5],
    ]);
  });
});

describe('noise', () => {
  it('is how far the constant answer moved', () => {
    const moved = (callers: number, min: number, max: number) => ({
      ...row({ work: 'charge', callers, contender: 'b' }),
      rate: { median: 100, min, max },
    });

    const rows = [moved(1, 90, 110), moved(8, 95, 105), moved(64, 50, 150)];

    expect(noiseOf(rows)).toEqual({ usual: 0.2, worst: 1 });
    expect(noiseOf([])).toBeUndefined();
  });
});
