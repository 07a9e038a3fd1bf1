import { Audit, type AuditReport, type Reached, Snapshots } from '@app/platform';
import { SHOP_CHECKS } from '../../apps/shop/src/shop-checks';
import type { TestDatabase } from '../support/database';
import { PLANTED_VIOLATIONS } from '../support/planted-violations';
import { openShopOfAllStates, type ShopOfAllStates } from '../support/shop-of-all-states';
import { openShopDatabase, Shop, TIME_TO_PAY } from '../support/shop-services';

const NAMES = [
  'balance.bounds',
  'balance.chain',
  'balance.reference',
  'balance.sign',
  'balance.sum',
  'coupon.count',
  'coupon.once',
  'coupon.state',
  'idempotency',
  'money.conserved',
  'order.coupon',
  'order.sums',
  'outbox.delivered',
  'outbox.once',
  'payment.once',
  'ranking',
  'stock.bounds',
  'stock.moves',
  'stock.reserved',
];

const HOUR = 3_600_000;

/** Checks that can be asked about parts. */
const WALKING = SHOP_CHECKS.filter(({ inParts }) => inParts !== undefined);

/** Of which each test has a copy. */
let original: TestDatabase;
let database: TestDatabase;
let shop: Shop;
let audit: Audit;
let books: ShopOfAllStates;

beforeAll(async () => {
  original = await openShopDatabase();
  books = await openShopOfAllStates(new Shop(original));
  await original.dataSource.destroy();
});

beforeEach(async () => {
  database = await openShopDatabase(new URL(original.url).pathname.slice(1));
  shop = new Shop(database);
  audit = new Audit(SHOP_CHECKS, new Snapshots(database.url));
});

afterEach(() => database?.close());
afterAll(() => original?.close());

/** How often each check is violated, of those that are. */
function violated({ checks }: AuditReport): Record<string, number> {
  const broken = checks.filter(({ violations }) => violations > 0);
  return Object.fromEntries(broken.map(({ name, violations }) => [name, violations]));
}

/** How often each check is violated in what was touched in the last hour: of everything else it looks at no row. */
async function violatedLately(): Promise<Record<string, number>> {
  const audit = new Audit(SHOP_CHECKS, new Snapshots(database.url), 0);
  return violated((await audit.runInParts(new Date(Date.now() - HOUR), new Map())).report);
}

/** How often the checks that look at parts are violated on the walks through everything, nothing being touched lately. */
async function violatedOnTheWay(): Promise<Record<string, number>> {
  const sums: Record<string, number> = {};
  const walk = async (along: string): Promise<void> => {
    const checks = WALKING.filter(({ inParts }) => inParts!.along[0] === along);
    const audit = new Audit(checks, new Snapshots(database.url), 2);
    let reached: Reached = new Map();
    do {
      const look = await audit.runInParts(new Date(Date.now() + HOUR), reached);
      reached = look.reached;
      for (const [name, count] of Object.entries(violated(look.report))) sums[name] = (sums[name] ?? 0) + count;
    } while (reached.get(along) !== null);
  };
  await Promise.all([...new Set(WALKING.map(({ inParts }) => inParts!.along[0]))].map(walk));
  return sums;
}

/** Runs statements past the shop; the ledgers, which refuse to be changed, are open to them. */
async function plant(statements: readonly string[]): Promise<void> {
  for (const table of ['balance_transaction', 'stock_movement']) {
    await shop.sql(`DROP TRIGGER IF EXISTS ${table}_is_append_only ON ${table}`);
  }
  for (const statement of statements) await shop.sql(statement);
}

it('finds nothing in a shop that has seen everything, and says so of each check', async () => {
  expect(await shop.sql('SELECT status, count(*) AS n FROM orders GROUP BY status ORDER BY status')).toEqual([
    { status: 'CANCELLED', n: 1 },
    { status: 'EXPIRED', n: 1 },
    { status: 'PAID', n: 3 },
    { status: 'PENDING_PAYMENT', n: 1 },
    { status: 'REFUNDED', n: 1 },
  ]);

  const report = await audit.run();

  expect(report.checks).toEqual(NAMES.map((name) => ({ name, violations: 0, sample: [] })));
  expect(report.ok).toBe(true);
  expect(Math.abs(Date.now() - report.checkedAt.getTime())).toBeLessThan(60_000);
  expect(await violatedOnTheWay()).toEqual({});
});

it.each(PLANTED_VIOLATIONS)('finds %s', async (_, found, statements) => {
  await plant(statements(books));

  const report = await audit.run();

  expect(violated(report)).toEqual(found);
  expect(report.ok).toBe(false);
  // All of it was touched lately.
  expect(await violatedLately()).toEqual(found);
  const walking = new Audit(WALKING, new Snapshots(database.url));
  expect(await violatedOnTheWay()).toMatchObject(violated(await walking.run()));
});

it('shows five of the rows that break a check, and counts them all', async () => {
  await shop.sql('UPDATE balance SET amount = amount + 1');

  const { checks } = await audit.run();

  const { violations, sample } = checks.find(({ name }) => name === 'balance.sum')!;
  expect([violations, sample.length]).toEqual([6, 5]);
  expect(sample[0]).toEqual({ userId: expect.any(String), balance: expect.any(Number), ledger: expect.any(Number) });
});

it('holds against nobody what the purge has taken', async () => {
  const past = `date_trunc('hour', now()) - interval '40 days'`;
  await shop.sql(`UPDATE orders SET paid_at = ${past} WHERE paid_at IS NOT NULL`);
  await shop.sql(`UPDATE payment SET paid_at = ${past}, refunded_at = CASE status WHEN 'REFUNDED' THEN ${past} END`);
  await shop.sql('DELETE FROM outbox_event');
  await shop.sql('DELETE FROM idempotency_key');
  shop.clock.advance(2 * TIME_TO_PAY); // past the last ranking, which was made ahead of time
  await shop.rankings.refresh();

  expect(violated(await audit.run())).toEqual({});
});

it('asks for delivered events only once the queues should be empty', async () => {
  expect(violated(await audit.run())).toEqual({});
  expect(await violatedLately()).toEqual({});
  expect(violated(await audit.runOnceQuiet())).toEqual({ 'outbox.delivered': 5 });

  await shop.sql(`UPDATE outbox_event SET status = 'DELIVERED', delivered_at = now()`);

  expect(violated(await audit.runOnceQuiet())).toEqual({});
});
