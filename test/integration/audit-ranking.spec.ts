import { Audit, Snapshots } from '@app/platform';

import { RANKING_CHECKS } from '@app/ranking';
import type { RankedProduct } from '../../libs/ranking/src/domain/ranking';
import type { TestDatabase } from '../support/database';
import { type Goods, openShopDatabase, Shop } from '../support/shop-services';

const MINUTE = 60_000;

let database: TestDatabase;
let shop: Shop;
let userId: string;
/** Sold 6, 5, 4, 3, 2 and 2 times, the last two for 1,000 and 900 won. */
let goods: Goods[];

beforeEach(async () => {
  database = await openShopDatabase();
  shop = new Shop(database);
  userId = await shop.customer(1_000_000);
  goods = [];
  for (const [sold, price] of [
    [6, 1_000],
    [5, 1_000],
    [4, 1_000],
    [3, 1_000],
    [2, 1_000],
    [2, 900],
  ] as const) {
    goods.push(await shop.goods(100, price));
    await buy(goods.at(-1)!, sold);
  }
});

afterEach(() => database?.close());

async function buy(one: Goods, quantity: number): Promise<string> {
  const { id: orderId } = await shop.order(userId, one, quantity);
  return (await shop.payments.pay({ userId, orderId })).id;
}

async function violations(): Promise<object[]> {
  const { checks } = await new Audit(RANKING_CHECKS, new Snapshots(database.url)).run();
  return [...checks[0]!.sample];
}

/** Puts these products into the newest ranking, as it would have them if they were right. */
async function rank(places: readonly (readonly [one: Goods, soldQuantity: number])[]): Promise<void> {
  const items = places.map(
    ([{ productId }, soldQuantity], i): RankedProduct => ({ rank: i + 1, productId, name: '', price: 1, soldQuantity }),
  );
  await shop.sql('UPDATE ranking_snapshot SET items = $1', [JSON.stringify(items)]);
}

describe('a ranking of quiet sales', () => {
  beforeEach(async () => {
    shop.clock.advance(MINUTE);
    await shop.rankings.refresh();
  });

  it('is right as it was computed', async () => {
    expect(await violations()).toEqual([]);
  });

  it('is not right without one that was sold more often than the last', async () => {
    await rank([0, 1, 2, 4, 5].map((i) => [goods[i]!, 6 - Math.min(i, 4)]));

    // Better than both that are sold twice: one row says so.
    expect(await violations()).toEqual([
      expect.objectContaining({ productId: goods[3]!.productId, place: null, problem: 'should come earlier' }),
    ]);
  });

  it('is not right with the one that was sold as often for less', async () => {
    await rank([0, 1, 2, 3, 5].map((i) => [goods[i]!, 6 - Math.min(i, 4)]));

    expect(await violations()).toEqual([expect.objectContaining({ productId: goods[4]!.productId, place: null })]);
  });

  it('has the older product first of two that were sold alike', async () => {
    const twin = await shop.goods(100, 1_000);
    await buy(twin, 6);
    shop.clock.advance(MINUTE);
    await shop.rankings.refresh();
    expect(await violations()).toEqual([]);

    await shop.sql(
      `DELETE FROM ranking_snapshot WHERE generated_at < (SELECT max(generated_at) FROM ranking_snapshot)`,
    );
    await rank([twin, ...goods.slice(0, 4)].map((one, i) => [one, i < 2 ? 6 : 7 - i]));

    expect(await violations()).toEqual([
      expect.objectContaining({ productId: goods[0]!.productId, place: 2, problem: 'should come earlier' }),
    ]);
  });

  it('has five places', async () => {
    await rank(goods.map((one, i) => [one, 6 - Math.min(i, 4)]));

    expect(await violations()).toEqual([expect.objectContaining({ place: 6, problem: 'place taken wrongly' })]);
  });

  it('does not count what is refunded before it, and does count what is refunded after it', async () => {
    const paymentId = await buy(goods[0]!, 10);
    shop.clock.advance(MINUTE);
    await shop.rankings.refresh();
    shop.clock.advance(MINUTE);
    await shop.payments.refund({ userId, paymentId });
    expect(await violations()).toEqual([]);

    await shop.rankings.refresh();
    shop.clock.advance(MINUTE);
    await shop.rankings.refresh();
    expect(await violations()).toEqual([]);

    await shop.sql(
      `DELETE FROM ranking_snapshot WHERE generated_at < (SELECT max(generated_at) FROM ranking_snapshot)`,
    );
    await rank(goods.slice(0, 5).map((one, i) => [one, i === 0 ? 16 : 6 - i]));
    expect(await violations()).toEqual([expect.objectContaining({ soldQuantity: 16, least: 6, most: 6 })]);
  });
});

describe('a ranking of which a sale was under way', () => {
  beforeEach(async () => {
    shop.clock.advance(MINUTE);
    await buy(goods[3]!, 2); // sure are 3, at most 5
    shop.clock.advance(1_000);
    await shop.rankings.refresh();
  });

  it('is right with it and without it', async () => {
    expect(await violations()).toEqual([]);

    await rank([0, 1, 2, 3, 4].map((i) => [goods[i]!, 6 - i]));
    expect(await violations()).toEqual([]);
  });

  it.each([2, 6])('is not right with %i, which it cannot have been', async (sold) => {
    await rank(
      sold === 6
        ? [0, 3, 1, 2, 4].map((i) => [goods[i]!, i === 3 ? sold : 6 - i])
        : [0, 1, 2, 3, 4].map((i) => [goods[i]!, i === 3 ? sold : 6 - i]),
    );

    expect(await violations()).toContainEqual(
      expect.objectContaining({ soldQuantity: sold, least: 3, most: 5, problem: 'not what was sold' }),
    );
  });
});

it('is not held to sales that were written after it by a clock of the past', async () => {
  // The ranking is of the day before; the ids of the payments tell that they were made today.
  const before = new Date((await shop.clock.now()).getTime() - 24 * 60 * MINUTE);
  await shop.sql(`UPDATE orders SET paid_at = $1::timestamptz - interval '1 hour'`, [before]);
  await shop.sql(
    `INSERT INTO ranking_snapshot VALUES ($1, $1::timestamptz - interval '72 hours', $1::timestamptz, '[]')`,
    [before],
  );

  expect(await violations()).toEqual([]);
});

it('has nothing to say before the first', async () => {
  expect(await violations()).toEqual([]);
});
