import { Discount } from '@app/coupon';
import { uuidv7 } from 'uuidv7';
import type { PaymentEvent } from '../../libs/payment/src/application/ports/data-platform';
import { DataPlatform } from '../../libs/payment/src/application/ports/data-platform';
import type { TestDatabase } from '../support/database';
import { RecordingDataPlatform } from '../support/fakes/recording-data-platform';
import { type Goods, openShopDatabase, Shop, TIME_TO_PAY, violations } from '../support/shop-services';

let database: TestDatabase;
let shop: Shop;
let goods: Goods;
let userId: string;
let couponId: string;
let order: { userId: string; orderId: string };

beforeAll(async () => {
  database = await openShopDatabase();
});

afterAll(() => database?.close());

beforeEach(async () => {
  shop = new Shop(database);
  goods = await shop.goods(10);
  userId = await shop.customer(20_000);
  couponId = await shop.couponOf([userId]);
  order = { userId, orderId: (await shop.order(userId, goods, 2, couponId)).id };
});

afterEach(async () => {
  expect(await violations(database)).toEqual([]);
});

/** Takes part in the transaction and then falls over. */
class BrokenDataPlatform extends DataPlatform {
  async reportAll(events: readonly PaymentEvent[]): Promise<void> {
    if (events.length > 0) throw new Error('the outbox is broken');
  }
}

describe('a payment on real rows', () => {
  it('settles money, stock, coupon, order and event in one commit', async () => {
    const payment = await shop.payments.pay(order);

    expect(payment).toMatchObject({ amount: 17_000, balanceAfter: 3_000, status: 'PAID' });
    expect(await shop.payments.get({ userId, paymentId: payment.id })).toEqual(payment);
    expect(await shop.orders.get(order)).toMatchObject({ status: 'PAID', paymentId: payment.id });
    expect(await shop.stockOf(goods)).toEqual({ onHand: 8, reserved: 0 });
    expect(await shop.couponStatus(couponId, userId)).toBe('USED');
    expect(await shop.balanceOf(userId)).toBe(3_000);
    const events = await shop.sql('SELECT type, payload FROM outbox_event WHERE subject_id = $1', [payment.id]);
    expect(events).toEqual([
      {
        type: 'order.paid',
        payload: {
          orderId: order.orderId,
          paymentId: payment.id,
          userId,
          lines: [{ ...goods, quantity: 2, unitPrice: 10_000 }],
          couponId,
          subtotal: 20_000,
          discount: 3_000,
          amount: 17_000,
          paidAt: payment.paidAt,
        },
      },
    ]);
  });

  it('is undone as a whole by a refund, and the coupon is good again', async () => {
    const { id: paymentId } = await shop.payments.pay(order);

    const refunded = await shop.payments.refund({ userId, paymentId });

    expect(refunded).toMatchObject({ status: 'REFUNDED', balanceAfter: 20_000 });
    expect(await shop.payments.get({ userId, paymentId })).toEqual(refunded);
    expect(await shop.orders.get(order)).toMatchObject({ status: 'REFUNDED', paymentId });
    expect(await shop.stockOf(goods)).toEqual({ onHand: 10, reserved: 0 });
    expect(await shop.order(userId, goods, 1, couponId)).toMatchObject({ discount: 3_000 });
  });

  it('leaves no trace at all when its last step fails', async () => {
    const broken = new Shop(database, { dataPlatform: new BrokenDataPlatform() });

    await expect(broken.payments.pay(order)).rejects.toThrow('the outbox is broken');

    expect(await shop.balanceOf(userId)).toBe(20_000);
    expect(await shop.stockOf(goods)).toEqual({ onHand: 10, reserved: 2 });
    expect(await shop.couponStatus(couponId, userId)).toBe('RESERVED');
    expect(await shop.orders.get(order)).toMatchObject({ status: 'PENDING_PAYMENT' });
    expect(await shop.payments.pay(order)).toMatchObject({ status: 'PAID' });
  });

  it('that lacks balance leaves the order payable', async () => {
    const poor = await shop.customer();
    const { id: orderId } = await shop.order(poor, goods);

    await expect(shop.payments.pay({ userId: poor, orderId })).rejects.toMatchObject({
      code: 'INSUFFICIENT_BALANCE',
      details: { balance: 0, required: 10_000 },
    });

    expect(await shop.stockOf(goods)).toEqual({ onHand: 10, reserved: 3 });
    expect(await shop.orders.get({ userId: poor, orderId })).toMatchObject({
      status: 'PENDING_PAYMENT',
      paymentId: null,
    });
  });

  it('of 0 won leaves no ledger row, also when it is refunded', async () => {
    const guest = await shop.customer();
    const free = await shop.couponOf([guest], new Discount('PERCENT', 100));
    const { id: orderId } = await shop.order(guest, goods, 1, free);

    const { id: paymentId, amount } = await shop.payments.pay({ userId: guest, orderId });
    await shop.payments.refund({ userId: guest, paymentId });

    expect(amount).toBe(0);
    expect(await shop.sql('SELECT 1 FROM balance_transaction WHERE user_id = $1', [guest])).toEqual([]);
  });

  it('is possible up to the last moment, and refused after it whether or not the sweeper came', async () => {
    shop.clock.advance(TIME_TO_PAY);

    await expect(shop.payments.pay(order)).rejects.toMatchObject({ code: 'ORDER_EXPIRED' });
    await shop.expireDue();
    await expect(shop.payments.pay(order)).rejects.toMatchObject({ code: 'ORDER_EXPIRED' });

    expect(await shop.stockOf(goods)).toEqual({ onHand: 10, reserved: 0 });
    expect(await shop.couponStatus(couponId, userId)).toBe('AVAILABLE');
  });

  it('tells the data platform nothing of a try that was refused', async () => {
    const dataPlatform = new RecordingDataPlatform();
    const silent = new Shop(database, { dataPlatform });

    await expect(silent.payments.pay({ userId, orderId: uuidv7() })).rejects.toMatchObject({ code: 'ORDER_NOT_FOUND' });
    await expect(silent.payments.refund({ userId, paymentId: uuidv7() })).rejects.toMatchObject({
      code: 'PAYMENT_NOT_FOUND',
    });

    expect(dataPlatform.events).toEqual([]);
  });
});

describe('what the database itself refuses', () => {
  let paymentId: string;

  beforeEach(async () => {
    paymentId = (await shop.payments.pay(order)).id;
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
    await expect(shop.sql(sale, [order.orderId])).rejects.toMatchObject({ constraint: 'stock_movement_once_an_order' });
    await expect(shop.sql(event, [paymentId])).rejects.toMatchObject({ constraint: 'outbox_event_once' });
  });
});
