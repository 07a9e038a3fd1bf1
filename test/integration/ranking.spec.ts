import { type Env, RedisConnection } from '@app/platform';
import { Money } from '@app/shared';
import { Logger } from '@nestjs/common';
import { RedisRankingBoard } from '../../libs/ranking/src/adapters/redis/redis-ranking-board';
import { WINDOW } from '../../libs/ranking/src/domain/ranking';
import { type TestDatabase, times } from '../support/database';
import { freePort, redisUrl } from '../support/servers';
import { type Goods, openShopDatabase, Shop, TIME_TO_PAY } from '../support/shop-services';

let database: TestDatabase;
let redis: RedisConnection;
let shop: Shop;

async function connect(url: string): Promise<RedisConnection> {
  const connection = new RedisConnection({ REDIS_URL: url } as Env);
  await connection.onModuleInit();
  return connection;
}

beforeAll(async () => {
  Logger.overrideLogger(false);
  redis = await connect(redisUrl());
});

afterAll(() => redis?.onApplicationShutdown());

// The ranking is of the whole shop: each test has one of its own.
beforeEach(async () => {
  await redis.client.flushdb();
  database = await openShopDatabase();
  shop = anInstance();
});

afterEach(() => database?.close());

function anInstance(connection = redis): Shop {
  return new Shop(database, { board: new RedisRankingBoard(connection) });
}

/** Sells so many to a new customer; answers the payment. */
async function sell(goods: Goods, quantity: number): Promise<{ userId: string; orderId: string; paymentId: string }> {
  const userId = await shop.customer(1_000_000);
  const { id: orderId } = await shop.order(userId, goods, quantity);
  const { id: paymentId } = await shop.payments.pay({ userId, orderId });
  return { userId, orderId, paymentId };
}

async function ranked(): Promise<[string, number][]> {
  return (await shop.rankings.refresh()).items.map(({ productId, soldQuantity }) => [productId, soldQuantity]);
}

/** The ranking by plain code over plain rows. */
async function recount(from: Date, to: Date): Promise<[string, number][]> {
  interface Row {
    readonly productId: string;
    readonly quantity: number;
    readonly amount: number;
    readonly status: string;
    readonly paidAt: Date | null;
  }
  const rows = await shop.sql<Row>(
    `SELECT product_id AS "productId", quantity, amount, status, paid_at AS "paidAt"
       FROM order_line JOIN orders ON id = order_id`,
  );
  const sums = new Map<string, { quantity: number; amount: number }>();
  for (const { productId, quantity, amount, status, paidAt } of rows) {
    if (status !== 'PAID' || paidAt === null || paidAt < from || paidAt >= to) continue;
    const sum = sums.get(productId) ?? { quantity: 0, amount: 0 };
    sums.set(productId, { quantity: sum.quantity + quantity, amount: sum.amount + amount });
  }
  return [...sums]
    .sort(([a, x], [b, y]) => y.quantity - x.quantity || y.amount - x.amount || (a < b ? -1 : 1))
    .slice(0, 5)
    .map(([productId, { quantity }]) => [productId, quantity]);
}

describe('the ranking of real orders', () => {
  it('equals a recount by plain code, ties and all', async () => {
    const shelf: Goods[] = [];
    for (let i = 0; i < 8; i++) shelf.push(await shop.goods(1_000, 1_000 + (i % 3) * 100));
    for (let i = 0; i < 40; i++) await sell(shelf[(i * 5) % 8]!, 1 + ((i * 7) % 4));
    await shop.order(await shop.customer(), shelf[0]!, 50);

    const { window, items } = await shop.rankings.refresh();

    const expected = await recount(new Date(window.from), new Date(window.to));
    expect(items.map(({ productId, soldQuantity }) => [productId, soldQuantity])).toEqual(expected);
    expect(items.map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5]);
    expect(Date.parse(window.to) - Date.parse(window.from)).toBe(72 * 3_600_000);
  });

  it('forgets what was refunded, and never counts what was cancelled or has expired', async () => {
    const [kept, returned] = [await shop.goods(100), await shop.goods(100)];
    await sell(kept, 1);
    const { userId, paymentId } = await sell(returned, 9);
    const buyer = await shop.customer();
    const { id: orderId } = await shop.order(buyer, kept, 20);
    await shop.orders.cancel({ userId: buyer, orderId });
    await shop.order(buyer, kept, 30);
    shop.clock.advance(TIME_TO_PAY);
    await shop.expireDue();
    expect(await ranked()).toEqual([
      [returned.productId, 9],
      [kept.productId, 1],
    ]);

    await shop.payments.refund({ userId, paymentId });
    shop.clock.advance(1);

    expect(await ranked()).toEqual([[kept.productId, 1]]);
  });

  it('counts a sale from the moment after it until it is 72 hours old, to the millisecond', async () => {
    const goods = await shop.goods(100);
    const { orderId } = await sell(goods, 3);
    const to = await shop.clock.now();
    const countedWhenPaidAt = async (paidAt: number) => {
      await shop.sql('UPDATE orders SET paid_at = $2 WHERE id = $1', [orderId, new Date(paidAt)]);
      return (await shop.sales.bestSellers(new Date(to.getTime() - WINDOW), to, 5)).length;
    };

    expect(await countedWhenPaidAt(to.getTime() - WINDOW - 1)).toBe(0);
    expect(await countedWhenPaidAt(to.getTime() - WINDOW)).toBe(1);
    expect(await countedWhenPaidAt(to.getTime() - 1)).toBe(1);
    expect(await countedWhenPaidAt(to.getTime())).toBe(0);
  });

  it('shows the price of the cheapest option now, on sale or not', async () => {
    const goods = await shop.goods(10, 9_000);
    await sell(goods, 1);
    await shop.products.addOption(goods.productId, { name: '1kg', price: Money.of(2_000), stock: 0 });
    await shop.products.change(goods.productId, { onSale: false });

    expect((await shop.rankings.refresh()).items).toMatchObject([{ productId: goods.productId, price: 2_000 }]);
  });

  it('is empty in a shop that has sold nothing', async () => {
    expect((await shop.rankings.refresh()).items).toEqual([]);
    expect((await anInstance().rankings.current()).items).toEqual([]);
  });
});

describe('copies of the ranking', () => {
  it('end with the newest when many instances refresh at once', async () => {
    await sell(await shop.goods(10), 2);
    const instances = [shop, anInstance(), anInstance()];

    const made = await times(12, (i) => instances[i % 3]!.rankings.refresh());

    const rankings = made.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(rankings).toHaveLength(12);
    const newest = rankings
      .map(({ generatedAt }) => generatedAt)
      .sort()
      .at(-1);
    const kept = await shop.sql<{ at: Date }>('SELECT max(generated_at) AS at FROM ranking_snapshot');
    expect(kept[0]?.at.toISOString()).toBe(newest);
    for (const { rankings: served } of instances) expect((await served.current()).items).toHaveLength(1);
    expect((await new RedisRankingBoard(redis).read())?.generatedAt).toBe(newest);
  });

  it('reach the other instances by Redis', async () => {
    await sell(await shop.goods(10), 2);
    const made = await shop.rankings.refresh();
    await redis.client.ping(); // after what was sent before it
    await shop.sql('DELETE FROM ranking_snapshot');

    expect(await anInstance().rankings.current()).toEqual(made);
  });

  it('are served from the snapshot when Redis was flushed', async () => {
    await sell(await shop.goods(10), 2);
    const made = await shop.rankings.refresh();
    await redis.client.flushdb();

    expect(await anInstance().rankings.current()).toEqual(made);
  });

  it('are made and served without Redis', async () => {
    const closed = await connect(`redis://127.0.0.1:${await freePort()}/0`);
    try {
      await sell(await shop.goods(10), 2);
      const alone = anInstance(closed);

      const made = await alone.rankings.refresh();

      expect(made.items).toHaveLength(1);
      expect(await alone.rankings.current()).toEqual(made);
      expect(await anInstance(closed).rankings.current()).toEqual(made);
    } finally {
      closed.onApplicationShutdown();
    }
  });

  it('are not published when the snapshot is rolled back', async () => {
    await sell(await shop.goods(10), 2);

    const rolledBack = database.unitOfWork.run(async () => {
      await shop.rankings.refresh();
      throw new Error('the job failed');
    });

    await expect(rolledBack).rejects.toThrow('the job failed');
    expect(await redis.client.get('{ranking}:current')).toBeNull();
    expect((await shop.rankings.current()).items).toEqual([]);
  });
});
