import { Money } from '@app/shared';
import { createDataSource } from '../../ormconfig';
import { type TestDatabase, times } from '../support/database';
import { openShopDatabase, Shop, violations } from '../support/shop-services';

let database: TestDatabase;
let shop: Shop;

beforeEach(async () => {
  database = await openShopDatabase();
  shop = new Shop(database);
});

afterEach(() => database?.close());

function counted(): Promise<{ product: string; quantity: number; amount: number }[]> {
  return shop.sql(
    `SELECT product_id AS product, sum(quantity)::bigint AS quantity, sum(amount)::bigint AS amount
       FROM product_sales GROUP BY product_id HAVING sum(quantity) <> 0 ORDER BY product_id`,
  );
}

/** Moves a payment to an earlier hour. */
async function putBack(orderId: string, time: string): Promise<void> {
  await shop.sql(`UPDATE orders SET paid_at = paid_at - $2::interval WHERE id = $1`, [orderId, time]);
  await shop.sql(`UPDATE payment SET paid_at = paid_at - $2::interval WHERE order_id = $1`, [orderId, time]);
}

describe('sales by hour', () => {
  it('are those of the orders, whatever becomes of these on two instances at once', async () => {
    const instances = [shop, new Shop(database)];
    // Bought by everybody in opposite orders: whose rows were locked as they come would wait for each other.
    const shelf = await Promise.all(Array.from({ length: 6 }, () => shop.goods(1_000, 100)));
    const users = await Promise.all(Array.from({ length: 40 }, () => shop.customer(100_000)));

    const bought = await times(users.length, async (i) => {
      const userId = users[i]!;
      const items = (i % 2 ? shelf : [...shelf].reverse()).map(({ optionId }) => ({ optionId, quantity: 1 + (i % 3) }));
      const { id: orderId } = await instances[i % 2]!.orders.place({ userId, items });
      const { id: paymentId } = await instances[(i >> 1) % 2]!.payments.pay({ userId, orderId });
      if (i % 4 === 0) await instances[(i >> 2) % 2]!.payments.refund({ userId, paymentId });
    });

    expect(bought.filter(({ status }) => status === 'rejected')).toEqual([]);
    const kept = users.map((_, i) => (i % 4 === 0 ? 0 : 1 + (i % 3))).reduce((sum, quantity) => sum + quantity, 0);
    const each = { quantity: kept, amount: kept * 100 };
    expect(await counted()).toEqual(shelf.map(({ productId }) => ({ product: productId, ...each })).sort(byProduct));
    expect(await violations(database)).toEqual([]);
  });

  it('are added to in one order, so that nobody waits in a circle', async () => {
    // Two options of each product: whose options are not the same meet nowhere but here.
    const options = [1, 2].map((size) => ({ name: `${size}kg`, price: Money.of(100), stock: 1_000 }));
    const shelf = await times(30, () => shop.products.create({ name: '감귤', description: '', options }));
    const products = shelf.flatMap((made) => (made.status === 'fulfilled' ? [made.value] : []));
    const ordersOf = (option: number) =>
      times(60, (i) => {
        const items = products.map(({ options: of }) => ({ optionId: of[option]!.id, quantity: 1 }));
        return shop.orders.place({ userId: `user-${option}-${i}`, items: i % 2 ? items : items.reverse() });
      });
    const orders = [await ordersOf(0), await ordersOf(1)];

    const paid = await times(2, async (side) => {
      for (const order of orders[side]!) {
        const { id } = (order as PromiseFulfilledResult<{ id: string }>).value;
        await shop.sql(`UPDATE orders SET status = 'PAID', paid_at = now(), payment_id = id WHERE id = $1`, [id]);
      }
    });

    expect(paid.map((side) => ('reason' in side ? String(side.reason) : 'paid'))).toEqual(['paid', 'paid']);
    expect((await counted()).map(({ quantity }) => quantity)).toEqual(products.map(() => 120));
  });

  it('follow an order to another hour, and forget it when it is not paid any more', async () => {
    const goods = await shop.goods(10, 100);
    const userId = await shop.customer(1_000);
    const { id: orderId } = await shop.order(userId, goods, 3);
    const { id: paymentId } = await shop.payments.pay({ userId, orderId });

    await putBack(orderId, '5 hours');
    const hours = await shop.sql('SELECT quantity FROM product_sales ORDER BY hour');
    await shop.payments.refund({ userId, paymentId });

    expect(hours).toEqual([{ quantity: 3 }, { quantity: 0 }]);
    expect(await counted()).toEqual([]);
  });

  it('are kept for a week, and are not wrong when something older is refunded', async () => {
    const goods = await shop.goods(10, 100);
    const userId = await shop.customer(1_000);
    const buy = async () => {
      const { id: orderId } = await shop.order(userId, goods);
      return { orderId, paymentId: (await shop.payments.pay({ userId, orderId })).id };
    };
    await putBack((await buy()).orderId, '6 days');
    const { orderId, paymentId } = await buy();
    // Nine days pass for this one, which has been counted.
    await shop.sql('ALTER TABLE orders DISABLE TRIGGER orders_are_counted');
    await putBack(orderId, '9 days');
    await shop.sql('ALTER TABLE orders ENABLE TRIGGER orders_are_counted');
    await shop.sql(`UPDATE product_sales SET hour = hour - interval '9 days' WHERE hour > now() - interval '2 hours'`);

    expect(await shop.sales.forgetOld()).toBeGreaterThan(0);
    expect(await shop.sales.forgetOld()).toBe(0);
    await shop.payments.refund({ userId, paymentId });

    expect(await counted()).toEqual([{ product: goods.productId, quantity: 1, amount: 100 }]);
  });

  it('are counted by the migration in a shop that has sold already', async () => {
    const shelf = [await shop.goods(10, 100), await shop.goods(10, 200)];
    const userId = await shop.customer(10_000);
    for (const [i, paidBefore] of ['0', '3 hours', '3 hours', '20 days'].entries()) {
      const { id: orderId } = await shop.order(userId, shelf[i % 2]!, 1 + i);
      await shop.payments.pay({ userId, orderId });
      await putBack(orderId, paidBefore);
    }
    await shop.order(userId, shelf[0]!, 5);
    const rows = 'SELECT * FROM product_sales WHERE quantity <> 0 ORDER BY hour, product_id';
    const before = await shop.sql(rows);

    const dataSource = await createDataSource(database.url).initialize();
    try {
      await dataSource.undoLastMigration();
      await dataSource.runMigrations();
    } finally {
      await dataSource.destroy();
    }

    expect(before).toHaveLength(3);
    expect(await shop.sql(rows)).toEqual(before);
    expect(await violations(database)).toEqual([]);
  });
});

function byProduct(a: { product: string }, b: { product: string }): number {
  return a.product < b.product ? -1 : 1;
}
