import { AsyncLocalStorage } from 'node:async_hooks';
import { Money } from '@app/shared';
import { uuidv7 } from 'uuidv7';
import { TypeOrmOrderRepository } from '../../libs/order/src/adapters/persistence/typeorm-order.repository';
import type { TestDatabase } from '../support/database';
import { blocked, type Goods, openShopDatabase, Shop, TIME_TO_PAY, violations } from '../support/shop-services';

const outside = AsyncLocalStorage.snapshot();

let database: TestDatabase;
let shop: Shop;
let orders: TypeOrmOrderRepository;

beforeAll(async () => {
  database = await openShopDatabase();
  orders = new TypeOrmOrderRepository(database.unitOfWork);
});

afterAll(() => database?.close());

beforeEach(() => {
  shop = new Shop(database);
});

afterEach(async () => {
  expect(await violations(database)).toEqual([]);
});

/** As if another request did it: in a unit of work that does not join the running one. */
function inAnother<T>(work: () => Promise<T>): Promise<T> {
  return outside(() => database.unitOfWork.run(work));
}

describe('an order on real rows', () => {
  it('reserves all lines or nothing', async () => {
    const [plenty, few] = [await shop.goods(10), await shop.goods(1)];
    const userId = await shop.customer();
    const couponId = await shop.couponOf([userId]);
    const items = [plenty, few].map(({ optionId }) => ({ optionId, quantity: 2 }));

    await expect(shop.orders.place({ userId, items, couponId })).rejects.toMatchObject({ code: 'OUT_OF_STOCK' });

    expect(await shop.stockOf(plenty)).toEqual({ onHand: 10, reserved: 0 });
    expect(await shop.couponStatus(couponId, userId)).toBe('AVAILABLE');
    expect((await shop.orders.list(userId, { limit: 20 })).items).toEqual([]);
  });

  it('keeps the price that it was placed at', async () => {
    const goods = await shop.goods(10, 10_000);
    const userId = await shop.customer(50_000);
    const { id: orderId } = await shop.order(userId, goods, 2);

    await shop.products.changeOption(goods.optionId, { price: Money.of(90_000), name: '10kg' });

    expect(await shop.orders.get({ userId, orderId })).toMatchObject({ total: 20_000, lines: [{ optionName: '5kg' }] });
    expect(await shop.payments.pay({ userId, orderId })).toMatchObject({ amount: 20_000, balanceAfter: 30_000 });
    expect(await shop.order(userId, goods)).toMatchObject({ total: 90_000 });
  });

  it('reads as it was placed, lines in the order in which they were named', async () => {
    const userId = await shop.customer();
    const [a, b] = [await shop.goods(5, 100), await shop.goods(5, 200)];
    const items = [b, a, b].map(({ optionId }) => ({ optionId, quantity: 1 }));

    const order = await shop.orders.place({ userId, items });

    expect(order.lines.map(({ optionId, quantity }) => [optionId, quantity])).toEqual([
      [b.optionId, 2],
      [a.optionId, 1],
    ]);
    expect(await shop.orders.get({ userId, orderId: order.id })).toEqual(order);
    expect((await shop.orders.list(userId, { limit: 1 })).items).toEqual([order]);
  });

  it("answers somebody else's order as unknown in the very batch of its owner, and does not change it for them", async () => {
    const goods = await shop.goods(20);
    const [owner, stranger] = [await shop.customer(10_000), await shop.customer(10_000)];
    const [toPay, toCancel] = [await shop.order(owner, goods), await shop.order(owner, goods)];

    const outcomes = await Promise.allSettled([
      shop.payments.pay({ userId: stranger, orderId: toPay.id }),
      shop.payments.pay({ userId: owner, orderId: toPay.id }),
      shop.orders.cancel({ userId: stranger, orderId: toCancel.id }),
      shop.orders.cancel({ userId: stranger, orderId: uuidv7() }),
      shop.orders.cancel({ userId: owner, orderId: toCancel.id }),
    ]);

    const unknown = { reason: { code: 'ORDER_NOT_FOUND' } };
    expect(outcomes).toMatchObject([
      unknown,
      { value: { status: 'PAID' } },
      unknown,
      unknown,
      { value: { status: 'CANCELLED' } },
    ]);
    expect([await shop.balanceOf(owner), await shop.balanceOf(stranger)]).toEqual([0, 10_000]);
  });
});

describe('the lock of an order', () => {
  it('makes the second wait and see what the first has decided', async () => {
    const [userId, goods] = [await shop.customer(), await shop.goods(1)];
    const order = { userId, orderId: (await shop.order(userId, goods)).id };

    const { second } = await database.unitOfWork.run(async () => {
      await orders.lockAll([order]);
      const waiting = inAnother(async () => (await orders.lockAll([order])).get(order.orderId)?.storedStatus);
      await blocked(database, waiting);
      await shop.sql(`UPDATE orders SET status = 'CANCELLED' WHERE id = $1`, [order.orderId]);
      await shop.sql('UPDATE product_option SET reserved = 0 WHERE id = $1', [goods.optionId]);
      return { second: waiting };
    });

    expect(await second).toBe('CANCELLED');
  });

  it('is passed over by the sweeper, who does not wait for it', async () => {
    shop.clock.advance(TIME_TO_PAY);
    await shop.expireDue(); // what other tests have left
    const [userId, goods] = [await shop.customer(), await shop.goods(1)];
    const order = { userId, orderId: (await shop.order(userId, goods)).id };
    shop.clock.advance(TIME_TO_PAY);

    const swept = await database.unitOfWork.run(async () => {
      await orders.lockAll([order]);
      return inAnother(() => shop.orders.expireDue(500));
    });

    expect(swept).toBe(0);
    expect(await shop.expireDue()).toBe(1);
    expect(await shop.stockOf(goods)).toEqual({ onHand: 1, reserved: 0 });
  });

  it('is needed: nothing is locked or swept outside of a unit of work', async () => {
    await expect(orders.lockAll([])).rejects.toThrow('an open unit of work is required');
    await expect(shop.orders.expireDue(1)).rejects.toThrow('an open unit of work is required');
  });
});

describe('what the database itself refuses', () => {
  let goods: Goods;
  let userId: string;
  let orderId: string;
  let couponId: string;

  beforeEach(async () => {
    goods = await shop.goods(10);
    userId = await shop.customer();
    couponId = await shop.couponOf([userId]);
    orderId = (await shop.order(userId, goods, 2, couponId)).id;
  });

  it.each([
    ['a discount above the subtotal', 'discount = subtotal + 1, total = -1', 'orders_discount_at_most_subtotal'],
    ['a discount below zero', 'discount = -1, total = subtotal + 1', 'orders_discount_at_most_subtotal'],
    ['a total that does not add up', 'total = total + 1', 'orders_total_is_subtotal_less_discount'],
    ['a discount without a coupon', 'coupon_id = NULL', 'orders_discount_needs_coupon'],
    ["somebody else's coupon", `user_id = 'somebody-else'`, 'orders_coupon_of_same_user'],
    ['an unknown status', `status = 'LOST'`, 'orders_status_known'],
    ['a paid order without payment', `status = 'PAID'`, 'orders_payment_fits_status'],
    ['a payment of a pending order', 'payment_id = id, paid_at = now()', 'orders_payment_fits_status'],
    ['a payment without a time', `status = 'PAID', payment_id = id`, 'orders_paid_at_with_payment'],
  ])('%s', async (_, assignment, constraint) => {
    const planted = shop.sql(`UPDATE orders SET ${assignment} WHERE id = $1`, [orderId]);

    await expect(planted).rejects.toMatchObject({ constraint });
  });

  it.each([
    ['a line that does not add up', 'amount = amount + 1', 'order_line_amount_is_price_times_quantity'],
    ['a line of nothing', 'quantity = 0, amount = 0', 'order_line_quantity_positive'],
    ['a line of a negative price', 'unit_price = -1, amount = -2', 'order_line_price_in_range'],
    ['a line of no option', 'option_id = order_id', 'order_line_option_id_fkey'],
    ['a line of no order', 'order_id = option_id', 'order_line_order_id_fkey'],
  ])('%s', async (_, assignment, constraint) => {
    const planted = shop.sql(`UPDATE order_line SET ${assignment} WHERE order_id = $1`, [orderId]);

    await expect(planted).rejects.toMatchObject({ constraint });
  });

  it('two lines of one option', async () => {
    const planted = shop.sql('INSERT INTO order_line SELECT * FROM order_line WHERE order_id = $1', [orderId]);
    await expect(planted).rejects.toMatchObject({ constraint: 'order_line_pkey' });
  });

  it('more reserved than there is', async () => {
    const planted = shop.sql('UPDATE product_option SET reserved = 11 WHERE id = $1', [goods.optionId]);

    await expect(planted).rejects.toMatchObject({ constraint: 'product_option_reserved_at_most_on_hand' });
  });

  it('one coupon for two orders', async () => {
    const second = await shop.couponOf([await shop.customer()]);
    const planted = shop.sql(`UPDATE issued_coupon SET status = 'RESERVED', order_id = $1 WHERE coupon_id = $2`, [
      orderId,
      second,
    ]);

    await expect(planted).rejects.toMatchObject({ constraint: 'issued_coupon_one_an_order' });
  });
});

describe('what the database itself refuses of a payment', () => {
  let paymentId: string;
  let orderId: string;

  beforeEach(async () => {
    const userId = await shop.customer(20_000);
    orderId = (await shop.order(userId, await shop.goods(10))).id;
    paymentId = (await shop.payments.pay({ userId, orderId })).id;
  });

  it('a second payment of an order', async () => {
    const planted = shop.sql(
      `INSERT INTO payment SELECT $1, order_id, user_id, status, subtotal, discount, amount, balance_after, paid_at
         FROM payment WHERE id = $2`,
      [uuidv7(), paymentId],
    );

    await expect(planted).rejects.toMatchObject({ constraint: 'payment_once_an_order' });
  });

  it.each([
    ['a payment of no order', 'order_id = id', 'payment_order_id_fkey'],
    ['an amount that does not add up', 'amount = amount + 1', 'payment_amount_is_subtotal_less_discount'],
    ['a payment below zero', 'amount = -1, discount = subtotal + 1', 'payment_amount_not_negative'],
    ['a refund without a time', `status = 'REFUNDED'`, 'payment_refund_time_fits_status'],
    ['an unknown status', `status = 'LOST'`, 'payment_status_known'],
    ['a negative balance', 'balance_after = -1', 'payment_balance_after_in_range'],
  ])('%s', async (_, assignment, constraint) => {
    const planted = shop.sql(`UPDATE payment SET ${assignment} WHERE id = $1`, [paymentId]);

    await expect(planted).rejects.toMatchObject({ constraint });
  });

  it('a second debit, sale or event of one payment', async () => {
    const debit = `INSERT INTO balance_transaction SELECT gen_random_uuid(), user_id, 99, type, amount, balance_after,
      reference_id, NULL, created_at FROM balance_transaction WHERE reference_id = $1`;
    const sale = `INSERT INTO stock_movement SELECT gen_random_uuid(), option_id, kind, quantity, order_id, created_at
      FROM stock_movement WHERE order_id = $1`;
    const event = `INSERT INTO outbox_event (id, type, subject_id, payload, status, next_attempt_at, created_at)
      SELECT gen_random_uuid(), type, subject_id, payload, status, now(), now() FROM outbox_event WHERE subject_id = $1`;

    await expect(shop.sql(debit, [paymentId])).rejects.toMatchObject({
      constraint: 'balance_transaction_reference_once',
    });
    await expect(shop.sql(sale, [orderId])).rejects.toMatchObject({ constraint: 'stock_movement_once_an_order' });
    await expect(shop.sql(event, [paymentId])).rejects.toMatchObject({ constraint: 'outbox_event_once' });
  });
});
