import {
  type Answer,
  accept,
  DataPlatformServer,
  drop,
  garbage,
  hang,
  SECRET,
  status,
  verified,
} from '../support/data-platform-server';
import { eventually } from '../support/eventually';
import { createDatabase, freePort, redisUrl } from '../support/servers';
import { startShop, type TestShop } from '../support/shop';
import { TcpProxy } from '../support/tcp-proxy';
import { within } from '../support/within';
import { brokenRules } from './books';
import { type Delivery, ID, type IssuedCoupon, type Order, type Page, problem, type Ranking, TIME } from './shapes';
import { atOnce, Shopping, tally } from './shopping';

const cleanUp: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function open(settings: Parameters<typeof startShop>[0]): Promise<[TestShop, Shopping]> {
  const shop = await startShop(settings);
  cleanUp.push(() => shop.close());
  return [shop, new Shopping(shop.url)];
}

async function wire(target: string): Promise<TcpProxy> {
  const proxy = await TcpProxy.to(target);
  cleanUp.push(() => proxy.close());
  return proxy;
}

/** Coupon, order, payment, refund and ranking: throws when one of them fails. */
async function shopWholeWay(shopping: Shopping): Promise<void> {
  const customer = await shopping.customer(10_000);
  const coupon = await shopping.coupon();
  await shopping.issue(customer, coupon);
  const option = await shopping.goods();
  const payment = await shopping.pay(customer, await shopping.order(customer, option, 1, coupon.id));
  await shopping.buy(customer, option, 2);
  expect((await customer.caller.post(`/payments/${payment.id}/refund`)).status).toBe(200);
  const refreshed = await shopping.admin.post<Ranking>('/admin/rankings/refresh');
  expect(refreshed.status).toBe(200);
  const ranked = await shopping.nobody.get<Ranking>('/products/rank');
  expect(ranked.status).toBe(200);
  expect(ranked.body.items.map(({ productId }) => productId)).toContain(option.productId);
}

describe('without Redis', () => {
  it('everything works when it was never there', async () => {
    const [shop, shopping] = await open({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` });

    await shopWholeWay(shopping);

    expect((await shopping.nobody.get('/health/ready')).status).toBe(200);
    expect(await brokenRules(shop)).toEqual({});
  });

  it('everything goes on when it is lost on the way, and when it comes back', async () => {
    const redis = await wire(redisUrl());
    const [shop, shopping] = await open({ REDIS_URL: redis.through(redisUrl()) });
    await shopWholeWay(shopping);

    redis.cut();
    const ranked = await atOnce(20, () => shopping.nobody.get('/products/rank'));
    expect(tally(ranked)).toEqual({ '200': 20 });
    await shopWholeWay(shopping);
    expect((await shopping.nobody.get('/health/ready')).status).toBe(200);

    redis.mend();
    await shopWholeWay(shopping);
    expect(await brokenRules(shop)).toEqual({});
  });
});

describe('a data platform that', () => {
  /** Tells the admin to send again whatever has not arrived. */
  async function retryAll(shopping: Shopping): Promise<void> {
    const { items } = (await shopping.admin.get<Page<Delivery>>('/admin/deliveries?status=PENDING&limit=100')).body;
    const answers = await Promise.all(items.map(({ id }) => shopping.admin.post(`/admin/deliveries/${id}/retry`)));
    // It may have arrived in the meantime.
    for (const { status } of answers) expect([202, 404]).toContain(status);
  }

  const faults: [string, (wire: TcpProxy, platform: DataPlatformServer) => void][] = [
    ['is away', (wire) => wire.cut()],
    ...Object.entries<Answer>({
      'never answers': hang,
      'answers 500': status(500),
      'answers a redirect': status(302, { location: 'http://127.0.0.1:9/' }),
      'answers rubbish': garbage,
      'hangs up': drop,
    }).map(([name, answer]): [string, (wire: TcpProxy, platform: DataPlatformServer) => void] => [
      name,
      (_, platform) => platform.answerWith(answer),
    ]),
  ];

  it.each(faults)('%s fails no payment, and gets every order and refund once it is back', async (_, breakIt) => {
    const platform = await DataPlatformServer.start();
    cleanUp.push(() => platform.close());
    const proxy = await wire(platform.url);
    const [shop, shopping] = await open({
      DATA_PLATFORM_URL: proxy.through(platform.url),
      DATA_PLATFORM_SECRET: SECRET,
    });
    breakIt(proxy, platform);
    const customer = await shopping.customer(100_000);
    const option = await shopping.goods(100);

    const payments = await atOnce(10, () => shopping.buy(customer, option, 2));
    const refunded = payments.slice(0, 3);
    for (const { id } of refunded) expect((await customer.caller.post(`/payments/${id}/refund`)).status).toBe(200);
    // At least one attempt has failed before it is mended.
    await eventually(
      () => shop.sql<object>('SELECT 1 FROM outbox_event WHERE last_error IS NOT NULL'),
      (failed) => failed.length > 0,
    );
    proxy.mend();
    const before = platform.deliveries.length;
    platform.answerWith(accept);

    const delivered = await eventually(
      async () => {
        await retryAll(shopping);
        return shop.sql<{ id: string }>(`SELECT id FROM outbox_event WHERE status = 'DELIVERED'`);
      },
      (rows) => rows.length === 13,
    );

    const arrived = platform.deliveries.slice(before);
    expect(new Set(arrived.map(({ id }) => id))).toEqual(new Set(delivered.map(({ id }) => id)));
    const events = [...new Map(arrived.map((delivery) => [delivery.id, verified(delivery)])).values()];
    const event = (type: string, paymentId: string): unknown => ({
      type,
      timestamp: TIME,
      data: {
        orderId: ID,
        paymentId,
        userId: customer.id,
        lines: [{ productId: option.productId, optionId: option.id, quantity: 2, unitPrice: 1_000 }],
        couponId: null,
        subtotal: 2_000,
        discount: 0,
        amount: 2_000,
        paidAt: TIME,
      },
    });
    expect(events).toHaveLength(13);
    expect(events).toEqual(expect.arrayContaining(payments.map(({ id }) => event('order.paid', id))));
    expect(events).toEqual(expect.arrayContaining(refunded.map(({ id }) => event('order.refunded', id))));
    // The same id and the same words on every attempt, over all attempts of one event.
    const words = new Set(platform.deliveries.map(({ id, body }) => `${id} ${body}`));
    expect(words.size).toBe(13);
    expect(await brokenRules(shop)).toEqual({});
  });
});

describe('a database that is away', () => {
  it('makes the shop not ready and answer 503, and a retry with the same key afterwards does it once', async () => {
    const database = await createDatabase();
    cleanUp.push(() => database.drop());
    const proxy = await wire(database.url);
    const [, shopping] = await open({ databaseUrl: proxy.through(database.url) });
    const { caller } = await shopping.customer(1_000);
    const ready = () => shopping.nobody.get('/health/ready');
    expect(await ready()).toMatchObject({ status: 200, body: { status: 'ok', checks: { database: 'up' } } });

    proxy.cut();
    expect(await ready()).toMatchObject({ status: 503, body: { status: 'unavailable', checks: { database: 'down' } } });
    expect((await shopping.nobody.get('/health/live')).status).toBe(200);
    expect((await shopping.nobody.get('/products/rank')).status).toBe(200);
    const refused = await caller.post('/balance/charges', { amount: 500 }, { key: 'again' });
    expect(refused.status).toBe(503);
    expect(refused.body).toEqual(problem(503, 'DEPENDENCY_UNAVAILABLE', '잠시 후 다시 시도해 주세요'));
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);

    proxy.mend();
    await eventually(ready, ({ status }) => status === 200, 5_000);
    expect((await caller.post('/balance/charges', { amount: 500 }, { key: 'again' })).status).toBe(201);
    expect((await caller.get('/balance')).body).toEqual({ balance: 1_500 });
  });

  it('without a word answers reads in time too, and serves them again as soon as it is back', async () => {
    const database = await createDatabase();
    cleanUp.push(() => database.drop());
    const proxy = await wire(database.url);
    const [, shopping] = await open({ databaseUrl: proxy.through(database.url) });
    const { caller } = await shopping.customer(1_000);
    const { productId } = await shopping.goods();
    const read = () => Promise.all(['/balance', `/products/${productId}`].map((path) => caller.get(path)));
    const statusesOf = (answers: Awaited<ReturnType<typeof read>>) => answers.map(({ status }) => status);
    expect(statusesOf(await read())).toEqual([200, 200]);

    proxy.silence();
    // The product page is remembered for a moment.
    await eventually(read, (answers) => !statusesOf(answers).includes(200), 10_000);
    const refused = read();
    expect(await within(5_000, refused)).toBe(true);
    for (const { body } of await refused)
      expect(body).toEqual(problem(503, 'DEPENDENCY_UNAVAILABLE', '잠시 후 다시 시도해 주세요'));

    proxy.mend();
    await eventually(read, (answers) => statusesOf(answers).every((status) => status === 200), 2_000);
  });
});

describe('an order that is not paid in time', () => {
  it('is expired at once, and gives its stock and coupon back', async () => {
    const [shop, shopping] = await open({ ORDER_TTL: '1' });
    const customer = await shopping.customer();
    const option = await shopping.goods(5);
    const coupon = await shopping.coupon();
    await shopping.issue(customer, coupon);
    const order = await shopping.order(customer, option, 3, coupon.id);
    expect(Date.parse(order.expiresAt) - Date.parse(order.placedAt)).toBe(1_000);

    const refusals = await eventually(
      async () => tally([await customer.caller.post('/payments', { orderId: order.id })]),
      (codes) => !('409 INSUFFICIENT_BALANCE' in codes),
      3_000,
    );

    expect(refusals).toEqual({ '409 ORDER_EXPIRED': 1 });
    await eventually(
      () => shopping.stockOf(option),
      (stock) => stock === 5,
    );
    expect((await customer.caller.get<Order>(`/orders/${order.id}`)).body.status).toBe('EXPIRED');
    const [mine] = (await customer.caller.get<Page<IssuedCoupon>>('/coupons/mine')).body.items;
    expect(mine?.status).toBe('AVAILABLE');
    expect((await customer.caller.post(`/orders/${order.id}/cancel`)).body).toMatchObject({ orderStatus: 'EXPIRED' });
    expect(await brokenRules(shop)).toEqual({});
  });
});
