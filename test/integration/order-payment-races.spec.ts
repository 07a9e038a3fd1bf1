import { AsyncLocalStorage } from 'node:async_hooks';
import { DomainException, Money } from '@app/shared';
import { uuidv7 } from 'uuidv7';
import { type TestDatabase, times } from '../support/database';
import { blocked, openShopDatabase, Shop, TIME_TO_PAY, violations } from '../support/shop-services';

/** As if another request did it: not in the unit of work that is running. */
const outside = AsyncLocalStorage.snapshot();

let database: TestDatabase;
/** Two instances on one database. */
let shops: readonly [Shop, Shop];

beforeAll(async () => {
  database = await openShopDatabase();
});

afterAll(() => database?.close());

beforeEach(() => {
  shops = [new Shop(database), new Shop(database)];
});

afterEach(async () => {
  expect(await violations(database)).toEqual([]);
});

const shopOf = (i: number): Shop => shops[i % 2]!;

/** How often each way of ending occurred: `ok`, or the code of the refusal. */
function tally(outcomes: readonly PromiseSettledResult<unknown>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) {
    const end = outcome.status === 'fulfilled' ? 'ok' : codeOf(outcome.reason);
    counts[end] = (counts[end] ?? 0) + 1;
  }
  return counts;
}

function codeOf(reason: unknown): string {
  return reason instanceof DomainException ? reason.code : String(reason);
}

async function countOf(table: string, column: string, id: string): Promise<number> {
  const rows = await shops[0].sql(`SELECT 1 FROM ${table} WHERE ${column} = $1`, [id]);
  return rows.length;
}

describe('many buyers at once', () => {
  it('sells the last 10 units to 10 of 100 buyers', async () => {
    const goods = await shops[0].goods(10);
    const buyers = await Promise.all(Array.from({ length: 100 }, () => shops[0].customer()));

    const outcomes = await times(100, (i) => shopOf(i).order(buyers[i]!, goods));

    expect(tally(outcomes)).toEqual({ ok: 10, OUT_OF_STOCK: 90 });
    expect(await shops[0].stockOf(goods)).toEqual({ onHand: 10, reserved: 10 });
    expect(await countOf('order_line', 'option_id', goods.optionId)).toBe(10);
  });

  it('serves 200 orders of (A, B) and (B, A) without losing any', async () => {
    const [a, b] = [await shops[0].goods(500), await shops[0].goods(500)];

    const outcomes = await times(200, (i) => {
      const items = [a, b].map(({ optionId }) => ({ optionId, quantity: 1 }));
      return shopOf(i).orders.place({ userId: `buyer-${uuidv7()}`, items: i % 4 < 2 ? items : items.reverse() });
    });

    expect(tally(outcomes)).toEqual({ ok: 200 });
    expect(await shops[0].stockOf(a)).toEqual({ onHand: 500, reserved: 200 });
    expect(await shops[0].stockOf(b)).toEqual({ onHand: 500, reserved: 200 });
  });

  it.each(['A, B', 'B, A'])('locks (%s) from the lower id up, so that nobody waits in a circle', async (named) => {
    const { unitOfWork } = database;
    const [a, b] = [await shops[0].goods(9), await shops[0].goods(9)];
    const items = [a, b].map(({ optionId }) => ({ optionId, quantity: 1 }));
    const place = () =>
      shops[0].orders.place({ userId: `buyer-${uuidv7()}`, items: named === 'A, B' ? items : items.reverse() });
    const lock = `SELECT id FROM product_option WHERE id = $1 FOR UPDATE SKIP LOCKED`;

    const { placed, leftOfA } = await unitOfWork.run(async () => {
      await shops[0].sql(lock, [b.optionId]);
      const waiting = outside(place);
      await blocked(database, waiting);
      return { placed: waiting, leftOfA: await shops[0].sql(lock, [a.optionId]) };
    });

    expect(leftOfA).toEqual([]); // whoever waits for B holds A already
    expect((await placed).lines).toHaveLength(2);
  });

  it('lets one of 20 parallel orders, of different goods, keep the coupon', async () => {
    const shelf = await Promise.all(Array.from({ length: 20 }, () => shops[0].goods(10)));
    const userId = await shops[0].customer();
    const couponId = await shops[0].couponOf([userId]);

    const outcomes = await times(20, (i) => shopOf(i).order(userId, shelf[i]!, 1, couponId));

    expect(tally(outcomes)).toEqual({ ok: 1, COUPON_NOT_USABLE: 19 });
    const stocks = await Promise.all(shelf.map((goods) => shops[0].stockOf(goods)));
    expect(stocks.map(({ reserved }) => reserved).reduce((a, b) => a + b)).toBe(1);
    expect(await shops[0].couponStatus(couponId, userId)).toBe('RESERVED');
  });
});

describe('paying at once', () => {
  it('pays an order once by 50 tries, and tells the others by which payment', async () => {
    const goods = await shops[0].goods(100);
    const userId = await shops[0].customer(1_000_000);
    const couponId = await shops[0].couponOf([userId]);
    const order = await shops[0].order(userId, goods, 2, couponId);
    await shops[0].order(await shops[0].customer(), goods, 50); // whose reservation nobody may sell

    const outcomes = await times(50, (i) => shopOf(i).payments.pay({ userId, orderId: order.id }));

    expect(tally(outcomes)).toEqual({ ok: 1, ORDER_ALREADY_PAID: 49 });
    const [paid] = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason.details).toEqual({ paymentId: paid!.id });
    }
    expect(await shops[0].balanceOf(userId)).toBe(1_000_000 - 17_000);
    expect(await countOf('payment', 'order_id', order.id)).toBe(1);
    expect(await countOf('balance_transaction', 'reference_id', paid!.id)).toBe(1);
    expect(await countOf('outbox_event', 'subject_id', paid!.id)).toBe(1);
    expect(await shops[0].stockOf(goods)).toEqual({ onHand: 98, reserved: 50 });
  });

  it('never takes more than is held when payments and charges of one user arrive together', async () => {
    const goods = await shops[0].goods(100);
    const userId = await shops[0].customer(50_000);
    const orders = await Promise.all(Array.from({ length: 20 }, () => shops[0].order(userId, goods)));

    const [payments, charges] = await Promise.all([
      times(20, (i) => shopOf(i).payments.pay({ userId, orderId: orders[i]!.id })),
      times(10, (i) => shopOf(i).balances.charge({ userId, amount: Money.of(5_000) })),
    ]);

    const { ok: paid = 0, INSUFFICIENT_BALANCE: short = 0 } = tally(payments);
    expect(tally(charges)).toEqual({ ok: 10 });
    expect(paid + short).toBe(20);
    expect(paid).toBeGreaterThanOrEqual(5);
    expect(paid).toBeLessThanOrEqual(10);
    expect(await shops[0].balanceOf(userId)).toBe(100_000 - paid * 10_000);
    expect(await countOf('payment', 'user_id', userId)).toBe(paid);
    expect(await countOf('balance_transaction', 'user_id', userId)).toBe(1 + 10 + paid);
  });
});

describe('one of two wins', () => {
  const MANY = 30;

  /** Pending orders of one user each, over shared stock. */
  async function pendingOrders({ withCoupon }: { withCoupon: boolean }) {
    const goods = await shops[0].goods(1_000);
    const users = await Promise.all(Array.from({ length: MANY }, () => shops[0].customer(10_000)));
    const couponId = withCoupon ? await shops[0].couponOf(users) : undefined;
    const orders = await Promise.all(users.map((userId) => shops[0].order(userId, goods, 1, couponId)));
    await shops[0].order(await shops[0].customer(), goods, 500); // a reservation that must outlive them all
    return { goods, pending: orders.map(({ id }, i) => ({ orderId: id, userId: users[i]! })) };
  }

  // Without a coupon, nothing but the order's own lock stands between the two.
  it.each([{ withCoupon: true }, { withCoupon: false }])(
    'either pays or cancels an order that is paid and cancelled at once, %o',
    async (kind) => {
      const { goods, pending } = await pendingOrders(kind);

      const [paying, cancelling] = await Promise.all([
        times(MANY, (i) => shopOf(i).payments.pay(pending[i]!)),
        times(MANY, (i) => shopOf(i + 1).orders.cancel(pending[i]!)),
      ]);

      const { ok: paid = 0, ORDER_CANCELLED: tooLate = 0 } = tally(paying);
      const { ok: cancelled = 0, ORDER_NOT_CANCELLABLE: refused = 0 } = tally(cancelling);
      expect([paid + tooLate, cancelled + refused, paid + cancelled]).toEqual([MANY, MANY, MANY]);
      expect(await shops[0].stockOf(goods)).toEqual({ onHand: 1_000 - paid, reserved: 500 });
    },
  );

  it.each([{ withCoupon: true }, { withCoupon: false }])(
    'either pays or expires an order at the edge of its time, %o',
    async (kind) => {
      const { goods, pending } = await pendingOrders(kind);
      await shops[0].sql(
        `UPDATE orders SET expires_at = '2100-01-01' WHERE id <> ALL($1) AND status = 'PENDING_PAYMENT'`,
        [pending.map(({ orderId }) => orderId)],
      );
      shops[1].clock.advance(TIME_TO_PAY);

      const [paying, expired] = await Promise.all([
        times(MANY, (i) => shops[0].payments.pay(pending[i]!)),
        shops[1].expireDue(),
      ]);

      const { ok: paid = 0, ORDER_EXPIRED: tooLate = 0 } = tally(paying);
      expect([paid + tooLate, paid + expired]).toEqual([MANY, MANY]);
      expect(await shops[0].stockOf(goods)).toEqual({ onHand: 1_000 - paid, reserved: 500 });
    },
  );

  it('releases what expired orders reserved once, when two instances sweep at once', async () => {
    const { goods, pending } = await pendingOrders({ withCoupon: true });
    await shops[0].sql(
      `UPDATE orders SET expires_at = '2100-01-01' WHERE id <> ALL($1) AND status = 'PENDING_PAYMENT'`,
      [pending.map(({ orderId }) => orderId)],
    );
    for (const { clock } of shops) clock.advance(TIME_TO_PAY);

    const swept = await times(6, (i) => shopOf(i).expireDue());

    expect(swept.map((sweep) => (sweep.status === 'fulfilled' ? sweep.value : 0)).reduce((a, b) => a + b)).toBe(MANY);
    expect(tally(swept)).toEqual({ ok: 6 });
    expect(await shops[0].stockOf(goods)).toEqual({ onHand: 1_000, reserved: 500 });
  });

  it('cancels an order once by 20 tries', async () => {
    const { goods, pending } = await pendingOrders({ withCoupon: false });

    const outcomes = await times(20, (i) => shopOf(i).orders.cancel(pending[0]!));

    expect(tally(outcomes)).toEqual({ ok: 1, ORDER_NOT_CANCELLABLE: 19 });
    expect(await shops[0].stockOf(goods)).toEqual({ onHand: 1_000, reserved: 500 + MANY - 1 });
  });

  it('refunds a payment once by 20 tries', async () => {
    const { goods, pending } = await pendingOrders({ withCoupon: false });
    const [{ userId, orderId }] = pending as [(typeof pending)[0]];
    const { id: paymentId } = await shops[0].payments.pay({ userId, orderId });

    const outcomes = await times(20, (i) => shopOf(i).payments.refund({ userId, paymentId }));

    expect(tally(outcomes)).toEqual({ ok: 1, PAYMENT_ALREADY_REFUNDED: 19 });
    expect(await shops[0].balanceOf(userId)).toBe(10_000);
    expect(await shops[0].stockOf(goods)).toEqual({ onHand: 1_000, reserved: 500 + MANY - 1 });
    expect(await countOf('balance_transaction', 'reference_id', paymentId)).toBe(2);
    expect(await countOf('outbox_event', 'subject_id', paymentId)).toBe(2);
  });
});
