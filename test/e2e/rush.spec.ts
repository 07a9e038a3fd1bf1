import { eventually } from '../support/eventually';
import { startShop, type TestShop } from '../support/shop';
import { brokenRules } from './books';
import type { Coupon, IssuedCoupon, Option, Order, Page, Payment, Transaction } from './shapes';
import { atOnce, type Customer, Shopping, tally } from './shopping';

jest.setTimeout(90_000);

let shop: TestShop;
let neighbour: TestShop;
let shopping: Shopping;
let next: Shopping;

beforeAll(async () => {
  shop = await startShop();
  neighbour = await startShop({ databaseUrl: shop.databaseUrl });
  shopping = new Shopping(shop.url);
  next = new Shopping(neighbour.url);
});

afterAll(async () => {
  await neighbour?.close();
  await shop?.close();
});

afterEach(async () => expect(await brokenRules(shop)).toEqual({}));

/** New users, every second of whom talks to the second instance. */
async function crowdOfBoth(size: number): Promise<Customer[]> {
  const [here, there] = await Promise.all([shopping.crowd(size / 2), next.crowd(size / 2)]);
  return here.flatMap((customer, i) => [customer, there[i]!]);
}

/** The same users, each on either instance by turns. */
async function onBoth({ id, caller }: Customer): Promise<Customer['caller'][]> {
  const there = next.as(id);
  await there.get('/balance');
  return [caller, there];
}

async function expectExactIssue(coupon: Coupon, crowd: readonly Customer[]): Promise<void> {
  const answers = await Promise.all(
    crowd.map(({ caller }) => caller.post<IssuedCoupon>(`/coupons/${coupon.id}/issue`)),
  );

  expect(tally(answers)).toEqual({ '201': 100, '409 COUPON_SOLD_OUT': 500 });
  const sequences = answers.filter(({ status }) => status === 201).map(({ body }) => body.sequence);
  expect(sequences.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  const rows = await shop.sql('SELECT count(*)::int AS count, max(sequence) FROM issued_coupon WHERE coupon_id = $1', [
    coupon.id,
  ]);
  expect(rows).toEqual([{ count: 100, max: 100 }]);
}

async function expectExactSale(option: Option, crowd: readonly Customer[]): Promise<void> {
  const lines = [{ optionId: option.id, quantity: 1 }];
  const answers = await Promise.all(crowd.map(({ caller }) => caller.post<Order>('/orders', { lines })));

  expect(tally(answers)).toEqual({ '201': 100, '409 OUT_OF_STOCK': 500 });
  expect(
    await eventually(
      () => shopping.stockOf(option),
      (stock) => stock === 0,
    ),
  ).toBe(0);
  const rows = await shop.sql(
    'SELECT count(*)::int AS orders, sum(quantity)::int AS ordered FROM order_line WHERE option_id = $1',
    [option.id],
  );
  expect(rows).toEqual([{ orders: 100, ordered: 100 }]);
}

describe('600 callers at once', () => {
  it('get exactly 100 of 100 coupons, in an order without a gap', async () => {
    await expectExactIssue(await shopping.coupon({ totalQuantity: 100 }), await shopping.crowd(600));
  });

  it('get exactly 100 of 100 coupons through two instances', async () => {
    await expectExactIssue(await shopping.coupon({ totalQuantity: 100 }), await crowdOfBoth(600));
  });

  it('buy exactly 100 of 100 pieces', async () => {
    await expectExactSale(await shopping.goods(100), await shopping.crowd(600));
  });

  it('buy exactly 100 of 100 pieces through two instances', async () => {
    await expectExactSale(await shopping.goods(100), await crowdOfBoth(600));
  });
});

describe('one caller, many times at once', () => {
  it('gets one coupon, whichever instance is asked', async () => {
    const coupon = await shopping.coupon();
    const callers = await onBoth(await shopping.customer(1));

    const answers = await atOnce(50, (i) => callers[i % 2]!.post(`/coupons/${coupon.id}/issue`));

    expect(tally(answers)).toEqual({ '201': 1, '409 COUPON_ALREADY_ISSUED': 49 });
  });

  it('pays an order once in 50 tries', async () => {
    const customer = await shopping.customer(100_000);
    const order = await shopping.order(customer, await shopping.goods(1, 1_000));
    const callers = await onBoth(customer);

    const answers = await atOnce(50, (i) => callers[i % 2]!.post<Payment>('/payments', { orderId: order.id }));

    expect(tally(answers)).toEqual({ '201': 1, '409 ORDER_ALREADY_PAID': 49 });
    const paymentId = answers.find(({ status }) => status === 201)!.body.id;
    const refusals = answers.filter(({ status }) => status === 409);
    expect(refusals.every(({ body }) => (body as unknown as Order).paymentId === paymentId)).toBe(true);
    expect(await shopping.balanceOf(customer)).toBe(99_000);
    const { items } = (await customer.caller.get<Page<Transaction>>('/balance/transactions')).body;
    expect(items.map(({ amount }) => amount)).toEqual([-1_000, 100_000]);
    const reports = await shop.sql('SELECT type FROM outbox_event WHERE subject_id = $1', [paymentId]);
    expect(reports).toEqual([{ type: 'order.paid' }]);
  });

  it('spends what there is and no more, on many orders at once', async () => {
    const customer = await shopping.customer(7_500);
    const option = await shopping.goods(30, 1_000);
    const orders = await atOnce(30, () => shopping.order(customer, option));
    const callers = await onBoth(customer);

    const answers = await Promise.all(orders.map(({ id }, i) => callers[i % 2]!.post('/payments', { orderId: id })));

    expect(tally(answers)).toEqual({ '201': 7, '409 INSUFFICIENT_BALANCE': 23 });
    expect(await shopping.balanceOf(customer)).toBe(500);
  });

  it('keeps every one of 60 charges, the first included', async () => {
    const customer = await shopping.customer();
    const callers = await onBoth(customer);

    const answers = await atOnce(60, (i) => callers[i % 2]!.post('/balance/charges', { amount: 100 }));

    expect(tally(answers)).toEqual({ '201': 60 });
    expect(await shopping.balanceOf(customer)).toBe(6_000);
    const { items } = (await customer.caller.get<Page<Transaction>>('/balance/transactions?limit=100')).body;
    expect(items.map(({ balanceAfter }) => balanceAfter)).toEqual(
      Array.from({ length: 60 }, (_, i) => 6_000 - 100 * i),
    );
  });

  it('either pays or cancels an order, never both', async () => {
    const customer = await shopping.customer(100_000);
    const option = await shopping.goods(30, 1_000);
    const orders = await atOnce(30, () => shopping.order(customer, option));
    const [here, there] = await onBoth(customer);

    const outcomes: string[] = [];
    // In small rounds, so that neither side has all orders decided in one transaction of its own.
    for (let round = 0; round < 10; round++) {
      const some = orders.slice(3 * round, 3 * round + 3).map(async ({ id }) => {
        const pay = () => (round % 2 ? here! : there!).post('/payments', { orderId: id });
        const cancel = () => (round % 2 ? there! : here!).post(`/orders/${id}/cancel`);
        const first = round % 4 < 2 ? pay() : undefined;
        const [cancelled, paid] = await Promise.all([cancel(), first ?? pay()]);
        const { status } = (await here!.get<Order>(`/orders/${id}`)).body;
        return [Object.keys(tally([paid])), Object.keys(tally([cancelled])), status].join(' | ');
      });
      outcomes.push(...(await Promise.all(some)));
    }

    const allowed = ['201 | 409 ORDER_NOT_CANCELLABLE | PAID', '409 ORDER_CANCELLED | 200 | CANCELLED'];
    expect(outcomes.filter((outcome) => !allowed.includes(outcome))).toEqual([]);
    const sold = outcomes.filter((outcome) => outcome.endsWith('| PAID')).length;
    expect(await shopping.balanceOf(customer)).toBe(100_000 - 1_000 * sold);
    const [stock] = await shop.sql('SELECT on_hand, reserved FROM product_option WHERE id = $1', [option.id]);
    expect(stock).toEqual({ on_hand: 30 - sold, reserved: 0 });
  });

  it('is given a payment back once in 40 refunds', async () => {
    const customer = await shopping.customer(10_000);
    const option = await shopping.goods(5, 2_000);
    const payment = await shopping.buy(customer, option, 3);
    const callers = await onBoth(customer);

    const answers = await atOnce(40, (i) => callers[i % 2]!.post(`/payments/${payment.id}/refund`));

    expect(tally(answers)).toEqual({ '200': 1, '409 PAYMENT_ALREADY_REFUNDED': 39 });
    expect(await shopping.balanceOf(customer)).toBe(10_000);
    expect(
      await eventually(
        () => shopping.stockOf(option),
        (stock) => stock === 5,
      ),
    ).toBe(5);
  });

  it('uses one coupon for one of 20 orders', async () => {
    const customer = await shopping.customer(1);
    const coupon = await shopping.coupon();
    await shopping.issue(customer, coupon);
    const lines = [{ optionId: (await shopping.goods(20)).id, quantity: 1 }];
    const callers = await onBoth(customer);

    const answers = await atOnce(20, (i) => callers[i % 2]!.post('/orders', { lines, couponId: coupon.id }));

    expect(tally(answers)).toEqual({ '201': 1, '409 COUPON_NOT_USABLE': 19 });
  });
});

it('a stranger who pays, cancels or refunds at the same moment as the owner finds nothing', async () => {
  const option = await shopping.goods(100, 1_000);
  const [owner, stranger] = await shopping.crowd(2, 100_000);
  const orders = await atOnce(20, () => shopping.order(owner!, option));
  const both = (path: (order: Order) => string, body?: (order: Order) => object) =>
    Promise.all(
      orders.flatMap((order) =>
        [owner!, stranger!].map(({ caller }) => caller.post<Payment>(path(order), body?.(order))),
      ),
    );

  const paid = await both(
    () => '/payments',
    ({ id }) => ({ orderId: id }),
  );
  const owned = paid.filter(({ status }) => status === 201).map(({ body }) => body.id);
  const refunded = await Promise.all(
    owned.flatMap((id) => [owner!, stranger!].map(({ caller }) => caller.post(`/payments/${id}/refund`))),
  );
  const cancelled = await both(({ id }) => `/orders/${id}/cancel`);

  expect(tally(paid)).toEqual({ '201': 20, '404 ORDER_NOT_FOUND': 20 });
  expect(tally(refunded)).toEqual({ '200': 20, '404 PAYMENT_NOT_FOUND': 20 });
  expect(tally(cancelled)).toEqual({ '409 ORDER_NOT_CANCELLABLE': 20, '404 ORDER_NOT_FOUND': 20 });
  expect(await Promise.all([owner!, stranger!].map((one) => shopping.balanceOf(one)))).toEqual([100_000, 100_000]);
});

it('orders of the same goods in opposite order do not stop each other', async () => {
  const [a, b] = [await shopping.goods(100), await shopping.goods(100)];
  const crowd = await crowdOfBoth(60);
  const line = ({ id }: Option) => ({ optionId: id, quantity: 1 });

  const answers = await Promise.all(
    crowd.map(({ caller }, i) => caller.post('/orders', { lines: i % 2 ? [line(a), line(b)] : [line(b), line(a)] })),
  );

  expect(tally(answers)).toEqual({ '201': 60 });
});
