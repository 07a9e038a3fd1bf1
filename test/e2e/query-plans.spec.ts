import { JobRunner } from '@app/platform';
import { Client } from 'pg';
import { databaseOptions } from '../../libs/platform/src/database/database-options';
import { Purge } from '../../libs/platform/src/jobs/purge';
import { customerName } from '../bench/growth/seed/seed-plan';
import { seed } from '../bench/growth/seed/seeder';
import { openDatabase, type TestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import type { Caller } from '../support/http';
import { growthIn, type PlanNode, plansOf, plansOfTriggers } from '../support/query-plan';
import { createDatabase } from '../support/servers';
import { startShop, type TestShop } from '../support/shop';
import { type Statement, StatementRecorder } from '../support/statement-recorder';
import type { Coupon, Order, Page, Payment, Product } from './shapes';
import { done, Shopping } from './shopping';

/** So many that the server prefers every index that helps. */
const ORDERS = 40_000;

/** What grows with sales, and what does not: with the assortment, with campaigns, or not at all. */
const GROWING = [
  'balance',
  'balance_transaction',
  'idempotency_key',
  'issued_coupon',
  'job_run',
  'order_line',
  'orders',
  'outbox_event',
  'payment',
  'product_sales',
  'stock_movement',
];
/** Indexes of what waits for somebody: they are as large as the queue, not as the table. */
const QUEUES = ['orders_due', 'outbox_event_due', 'outbox_event_undelivered'];
const BOUNDED = ['audit_walk', 'coupon', 'migrations', 'product', 'product_option', 'ranking_snapshot'];

const recorder = new StatementRecorder();
let database: TestDatabase;
let shop: TestShop;
let shopping: Shopping;
let client: Client;
/** What was asked while everything that a shop does was done. */
let statements: readonly Statement[];

beforeAll(async () => {
  database = await openDatabase([]);
  await seed(database.url, { orders: ORDERS, rounds: 4 });
  client = await connect(database.url);
  recorder.start();
  shop = await startShop({ databaseUrl: database.url });
  shopping = new Shopping(shop.url);
  const caller = shopping.as(customerName(7));
  await readEverything(caller);
  await letJobsRun(caller, await writeEverything(caller));
  statements = recorder.statements;
  recorder.stop();
});

afterAll(async () => {
  recorder.stop();
  await client?.end();
  await shop?.close();
  await database?.close();
});

/** As an instance is connected: its plans are made alike. */
async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await databaseOptions(url).extra.onConnect(client);
  return client;
}

const get = <T>(caller: Caller, path: string) => done(caller.get<T>(path), 200);
const post = <T>(caller: Caller, path: string, body?: unknown, status = 201) =>
  done(caller.post<T>(path, body, { key: `${path}-${performance.now()}` }), status);

/** The first page of a list and the one behind it. */
async function leaf(caller: Caller, path: string): Promise<void> {
  const { nextCursor } = await get<Page<unknown>>(caller, `${path}${path.includes('?') ? '&' : '?'}limit=5`);
  if (nextCursor !== null) await get(caller, `${path}${path.includes('?') ? '&' : '?'}limit=5&cursor=${nextCursor}`);
}

async function readEverything(caller: Caller): Promise<void> {
  const { items } = await get<Page<Product>>(shopping.nobody, '/products?limit=1');
  await get(shopping.nobody, `/products/${items[0]!.id}`);
  await get(shopping.nobody, '/products/rank');
  for (const list of ['/products', '/products?sort=name', '/products?q=1', '/coupons'])
    await leaf(shopping.nobody, list);
  await get(caller, '/balance');
  for (const list of ['/balance/transactions', '/coupons/mine', '/orders']) await leaf(caller, list);
  for (const list of ['', '?status=PENDING', '?status=DELIVERED', '?status=DEAD']) {
    await leaf(shopping.admin, `/admin/deliveries${list}`);
  }
  await get(shopping.admin, '/metrics');
}

async function writeEverything(caller: Caller): Promise<Order> {
  const option = await shopping.goods(100);
  const { id: couponId } = await shopping.coupon();
  const lines = [{ optionId: option.id, quantity: 1 }];
  await post(caller, '/balance/charges', { amount: 100_000 });
  await post<Coupon>(caller, `/coupons/${couponId}/issue`);
  const cancelled = await post<Order>(caller, '/orders', { lines, couponId });
  await post(caller, `/orders/${cancelled.id}/cancel`, undefined, 200);
  const { id: orderId } = await post<Order>(caller, '/orders', { lines, couponId });
  await get(caller, `/orders/${orderId}`);
  const { id: paymentId } = await post<Payment>(caller, '/payments', { orderId });
  await get(caller, `/payments/${paymentId}`);
  await post(caller, `/payments/${paymentId}/refund`, undefined, 200);
  // The same key again: what is remembered is read.
  for (const _ of ['first', 'again']) await done(caller.post('/balance/charges', { amount: 1 }, { key: 'twice' }), 201);
  await post(shopping.admin, `/admin/options/${option.id}/stock`, { delta: 1 }, 200);
  return post<Order>(caller, '/orders', { lines, couponId });
}

/** What the shop does by itself: expiry and relay every second, the purge here and now. */
async function letJobsRun(caller: Caller, due: Order): Promise<void> {
  await shop.sql(`UPDATE orders SET expires_at = now() WHERE id = $1`, [due.id]);
  const swept = `SELECT status FROM orders WHERE id = $1`;
  await eventually(
    () => shop.sql<{ status: string }>(swept, [due.id]),
    ([row]) => row?.status === 'EXPIRED',
  );
  await eventually(async () => recorder.statements.some(({ text }) => /delivered_at = CASE/.test(text)), Boolean);
  await post(shopping.admin, '/admin/rankings/refresh', undefined, 200);
  await get(caller, '/orders');
  await new Purge(new JobRunner(database.unitOfWork), database.unitOfWork).purge();
}

it('knows of each table whether it grows with sales', async () => {
  const tables = await shop.sql<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname`,
  );

  expect(tables.map(({ name }) => name)).toEqual([...GROWING, ...BOUNDED].sort());
});

/** What reads more the more was sold, by statement. */
async function growing(client: Client, statements: readonly Statement[]): Promise<Record<string, string[]>> {
  const found = new Map<string, Set<string>>();
  for (const statement of statements) {
    for (const problem of (await plansOf(client, statement)).flatMap(problemsOf)) {
      found.set(statement.text, (found.get(statement.text) ?? new Set()).add(problem));
    }
  }
  return Object.fromEntries([...found].map(([text, problems]) => [text, [...problems]]));
}

const problemsOf = (plan: PlanNode) => growthIn(plan, GROWING, QUEUES);

it('hears what the shop asks', () => {
  const texts = new Set(statements.map(({ text }) => text)).size;

  expect(texts).toBeGreaterThan(50);
});

it('asks nothing on a hot path that takes longer the more was sold', async () => {
  expect(await growing(client, statements)).toEqual({});
});

it.each([
  ['has just opened', 0],
  ['has sold a little', 60],
])('asks for nothing that will take longer when it %s: plans are kept', async (_, orders) => {
  const { url, drop } = await createDatabase();
  const young = await connect(url);
  try {
    if (orders > 0) await seed(url, { orders, rounds: 1 });

    expect(await growing(young, statements)).toEqual({});
  } finally {
    await young.end();
    await drop();
  }
});

it.each([
  ['paid', `status = 'PAID', paid_at = now(), payment_id = id`, 'PENDING_PAYMENT'],
  ['refunded', `status = 'REFUNDED'`, 'PAID'],
])('counts an order that is %s without reading more the more was sold', async (_, change, status) => {
  const orders = `SELECT id FROM orders WHERE status = '${status}' ORDER BY expires_at DESC LIMIT 20`;

  const plans = await plansOfTriggers(client, `UPDATE orders SET ${change} WHERE id IN (${orders})`);

  // The last one is the update itself.
  expect(plans.slice(0, -1).map(({ 'Relation Name': table }) => table)).toContain('product_sales');
  expect(plans.slice(0, -1).flatMap(problemsOf)).toEqual([]);
});
