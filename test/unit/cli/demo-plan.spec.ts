import { DEMO_PRODUCTS } from '../../../apps/cli/src/demo-catalogue';
import { planDemo } from '../../../apps/cli/src/demo-plan';
import { PastClock } from '../../../apps/cli/src/past-clock';

describe('planDemo', () => {
  it('plans the same purchases every time', () => {
    expect(planDemo()).toEqual(planDemo());
  });

  it('steps through the last 60 hours and never back', () => {
    const minutes = planDemo().map(({ minutesAgo }) => minutesAgo);

    expect(minutes).toEqual([...minutes].sort((a, b) => b - a));
    expect(minutes[0]).toBeGreaterThan(57 * 60);
    expect(minutes[0]).toBeLessThanOrEqual(61 * 60);
    expect(minutes.at(-1)).toBeGreaterThan(0);
    expect(minutes.at(-1)).toBeLessThan(106);
  });

  it('lets nobody buy twice at one moment', () => {
    for (const { purchases } of planDemo()) {
      expect(new Set(purchases.map(({ userId }) => userId)).size).toBe(purchases.length);
    }
  });

  it('has a clear top 5: the first products of the catalogue, in their order', () => {
    const sold = DEMO_PRODUCTS.map(() => 0);
    for (const { purchases } of planDemo()) {
      for (const { product, quantity } of purchases.flatMap(({ items }) => items)) sold[product]! += quantity;
    }

    const ranked = [...sold.entries()].sort(([, a], [, b]) => b - a);
    expect(ranked.slice(0, 5).map(([product]) => product)).toEqual([0, 1, 2, 3, 4]);
    const quantities = ranked.slice(0, 6).map(([, quantity]) => quantity);
    expect(new Set(quantities).size).toBe(6);
  });
});

describe('PastClock', () => {
  it('stands where it is set and does not go back', async () => {
    const clock = new PastClock(new Date(1_000));
    clock.moveTo(new Date(2_000));

    expect(await clock.now()).toEqual(new Date(2_000));
    expect(() => clock.moveTo(new Date(1_999))).toThrow(RangeError);
  });
});
