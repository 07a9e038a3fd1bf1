import { Discount } from '@app/coupon';
import { Outbox } from '@app/platform';
import { Money } from '@app/shared';
import { uuidv7 } from 'uuidv7';
import { OutboxDataPlatform } from '../../libs/payment/src/adapters/data-platform/outbox-data-platform';
import { DataPlatform, type PaymentEvent } from '../../libs/payment/src/application/ports/data-platform';
import type { TestDatabase } from '../support/database';
import { RecordingDataPlatform } from '../support/fakes/recording-data-platform';
import { blocked, type Goods, openShopDatabase, Shop, TIME_TO_PAY, violations } from '../support/shop-services';

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

function signal(): { readonly promise: Promise<void>; resolve(): void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** Tells when the transaction has done all but commit, and lets it commit when the gate opens. */
class PatientDataPlatform extends OutboxDataPlatform {
  readonly reached = signal();
  readonly gate = signal();

  override async reportAll(events: readonly PaymentEvent[]): Promise<void> {
    await super.reportAll(events);
    this.reached.resolve();
    await this.gate.promise;
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

describe('who arrives, alone, while another one is about to commit', () => {
  let patient: PatientDataPlatform;
  let busy: Shop;

  beforeEach(() => {
    patient = new PatientDataPlatform(new Outbox(database.unitOfWork));
    busy = new Shop(database, { dataPlatform: patient });
  });

  /** Starts the second when the first has decided, and the first commits when the second waits for it. */
  async function meet<T>(first: Promise<T>, second: () => Promise<unknown>): Promise<[T, unknown]> {
    await Promise.race([patient.reached.promise, first]);
    const waiting = second().catch((refusal: unknown) => refusal);
    await blocked(database, waiting);
    patient.gate.resolve();
    return [await first, await waiting];
  }

  it('learns of the payment that was made', async () => {
    const [{ id: paymentId }, refusal] = await meet(busy.payments.pay(order), () => shop.payments.pay(order));

    expect(refusal).toMatchObject({ code: 'ORDER_ALREADY_PAID', details: { paymentId } });
  });

  it('learns that the order can no longer be cancelled', async () => {
    const [, refusal] = await meet(busy.payments.pay(order), () => shop.orders.cancel(order));

    expect(refusal).toMatchObject({ code: 'ORDER_NOT_CANCELLABLE', details: { orderStatus: 'PAID' } });
  });

  it('learns of the refund that was made', async () => {
    const refund = { userId, paymentId: (await shop.payments.pay(order)).id };

    const [, refusal] = await meet(busy.payments.refund(refund), () => shop.payments.refund(refund));

    expect(refusal).toMatchObject({ code: 'PAYMENT_ALREADY_REFUNDED' });
    expect(await shop.balanceOf(userId)).toBe(20_000);
  });

  it('adds its charge to what the payment has left', async () => {
    const charge = () => shop.balances.charge({ userId, amount: Money.of(500) });

    expect((await meet(busy.payments.pay(order), charge))[1]).toMatchObject({ balance: 3_500 });
  });
});

it('is checked by invariants that see what is planted', async () => {
  const { id: paymentId } = await shop.payments.pay(order);
  await shop.order(userId, goods, 1);
  const ids = [goods.optionId, order.orderId, paymentId, userId];
  const plant = async (signs: string[]) => {
    await shop.sql('UPDATE product_option SET reserved = reserved + $2, on_hand = on_hand + $2 WHERE id = $1', [
      ids[0],
      signs[0],
    ]);
    await shop.sql('UPDATE orders SET subtotal = subtotal + $2, total = total + $2 WHERE id = $1', [ids[1], signs[0]]);
    await shop.sql('UPDATE outbox_event SET type = $2 WHERE subject_id = $1', [ids[2], signs[1]]);
    await shop.sql('UPDATE balance SET amount = amount + $2 WHERE user_id = $1', [ids[3], signs[0]]);
    await shop.sql('UPDATE issued_coupon SET status = $2 WHERE user_id = $1', [ids[3], signs[2]]);
  };

  await plant(['1', 'order.lost', 'RESERVED']);
  const found = await violations(database);
  await plant(['-1', 'order.paid', 'USED']);

  const expected = [
    'balance.sum',
    'coupon.state',
    'money.conserved',
    'order.sums',
    'outbox.once',
    'payment.once',
    'stock.moves',
    'stock.reserved',
  ];
  expect([...new Set(found.map(({ check }) => check))].sort()).toEqual(expected);
});
