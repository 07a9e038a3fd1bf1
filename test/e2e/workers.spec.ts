import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Client } from 'pg';
import { eventually } from '../support/eventually';
import type { Answer } from '../support/http';
import { type Program, runProgram } from '../support/program';
import { createDatabase, freePort, redisUrl } from '../support/servers';
import { closed } from './closed';
import type { Coupon, Order, Page, Product } from './shapes';
import { atOnce, Shopping, tally } from './shopping';
import { SlowCharging } from './slow-charging';

jest.setTimeout(90_000);

const SHOP = 'apps/shop/src/main.js';
/** Milliseconds: a program that starts beside all the others of the tests may need so long. */
const START = 40_000;
/** On a connection of its own: whichever process is next gets it. */
const ANEW = { headers: { connection: 'close' } };

let database: Awaited<ReturnType<typeof createDatabase>>;
let others: Client;
let port: number;
let shop: Program;
let shopping: Shopping;

function run(): Program {
  return runProgram(SHOP, {
    DATABASE_URL: database.url,
    REDIS_URL: redisUrl(),
    PORT: String(port),
    WORKERS: '2',
    JWT_SECRET: 'x'.repeat(32),
    RANKING_CRON: '* * * * * *',
    RATE_LIMIT: 'off',
    LOAD_SHEDDING: 'off',
    ALLOW_UNSAFE_DATABASE: 'true',
  });
}

beforeAll(async () => {
  database = await createDatabase();
  others = new Client({ connectionString: database.url });
  await others.connect();
  port = await freePort();
  shop = run();
  await shop.says('Listening on');
  shopping = new Shopping(`http://127.0.0.1:${port}`);
});

afterAll(async () => {
  shop?.kill('SIGKILL');
  await shop?.end();
  await others?.end();
  await database?.drop();
});

interface Line {
  readonly pid?: number;
  readonly msg?: string;
  readonly jobs?: boolean;
  readonly route?: string;
}

function lines(): Line[] {
  const whole = shop.output().split('\n').slice(0, -1);
  return whole.map((line) => JSON.parse(line) as Line);
}

/** Every worker that there ever was, in the order of their starts. */
function workers(): readonly { pid: number; jobs: boolean }[] {
  return lines()
    .filter(({ msg }) => msg === 'A worker serves')
    .map(({ pid = 0, jobs = false }) => ({ pid, jobs }));
}

function pidsOf(which: (line: Line) => boolean): number[] {
  return [
    ...new Set(
      lines()
        .filter(which)
        .map(({ pid = 0 }) => pid),
    ),
  ].sort();
}

const SENT = /is not sent: no DATA_PLATFORM_URL/;

/** Who relayed the events of so many purchases, made on connections that every process gets some of. */
async function relayersOf(purchases: number): Promise<number[]> {
  const before = lines().filter(({ msg = '' }) => SENT.test(msg)).length;
  const customer = await shopping.customer(1_000_000);
  const goods = await shopping.goods(purchases);
  await atOnce(purchases, async () => {
    const line = { optionId: goods.id, quantity: 1 };
    const { body: order } = await customer.caller.post<Order>('/orders', { lines: [line] }, ANEW);
    const { status } = await customer.caller.post('/payments', { orderId: order.id }, ANEW);
    expect(status).toBe(201);
  });
  const sent = await eventually(
    async () => lines().filter(({ msg = '' }) => SENT.test(msg)),
    ({ length }) => length >= before + purchases,
  );
  return [...new Set(sent.slice(before).map(({ pid = 0 }) => pid))];
}

/** Looks on many connections until nobody sees the old any more; what was asked a second after the write never does. */
async function seenByAllWithinASecond(look: () => Promise<boolean>): Promise<void> {
  const writtenAt = performance.now();
  const seen = await eventually(
    async () => ({ after: performance.now() - writtenAt, news: await atOnce(8, look) }),
    ({ after, news }) => news.every(Boolean) || after > 1_000,
  );
  expect(seen.news).toEqual(Array.from({ length: 8 }, () => true));
}

/** How often a route was answered, as whoever answers the scrape tells it. */
async function countOf(route: string): Promise<number> {
  const { body } = await shopping.nobody.get<string>('/metrics', ANEW);
  const counts = [...body.matchAll(/^http_request_duration_seconds_count\{(.+)\} (\d+)$/gm)];
  const mine = counts.filter(([, labels]) => labels?.includes(`route="${route}"`));
  return mine.reduce((sum, [, , count]) => sum + Number(count), 0);
}

it('both serve, and one of them has the jobs', async () => {
  const [first, second, ...more] = workers();
  expect([first?.jobs, second?.jobs, more]).toEqual([true, false, []]);
  await eventually(
    async () => {
      await atOnce(20, () => shopping.nobody.get('/products', ANEW));
      return pidsOf(({ route }) => route === '/products');
    },
    (pids) => isDeepStrictEqual(pids, [first!.pid, second!.pid].sort()),
  );
  expect(await relayersOf(10)).toEqual([first!.pid]);
});

it('together sell the last 50 pieces and issue the last 50 coupons, not one more', async () => {
  const crowd = await shopping.crowd(120);
  const goods = await shopping.goods(50);
  const coupon = await shopping.coupon({ totalQuantity: 50 });
  const order = { lines: [{ optionId: goods.id, quantity: 1 }] };

  const orders = await Promise.all(crowd.map(({ caller }) => caller.post('/orders', order, ANEW)));
  const issues = await Promise.all(crowd.map(({ caller }) => caller.post(`/coupons/${coupon.id}/issue`, {}, ANEW)));

  expect(tally(orders)).toEqual({ '201': 50, '409 OUT_OF_STOCK': 70 });
  expect(tally(issues)).toEqual({ '201': 50, '409 COUPON_SOLD_OUT': 70 });
  for (const route of ['/orders', '/coupons/:couponId/issue']) {
    await eventually(
      async () => pidsOf((line) => line.route === route),
      ({ length }) => length === 2,
    );
  }
});

it('show what one of them wrote within a second', async () => {
  const goods = await shopping.goods(5);
  const stock = async (): Promise<number> => {
    const { body } = await shopping.nobody.get<Product>(`/products/${goods.productId}`, ANEW);
    return body.options[0]!.stock;
  };
  const coupon = await shopping.coupon({ totalQuantity: 5 });
  const remaining = async (): Promise<number | undefined> => {
    const { body } = await shopping.nobody.get<Page<Coupon>>('/coupons', ANEW);
    return body.items.find(({ id }) => id === coupon.id)?.remaining;
  };
  const customer = await shopping.customer();
  expect(await atOnce(8, stock)).toEqual(Array.from({ length: 8 }, () => 5));
  await atOnce(8, remaining);

  await shopping.order(customer, goods, 2);
  await seenByAllWithinASecond(async () => (await stock()) === 3);
  await shopping.issue(customer, coupon);
  await seenByAllWithinASecond(async () => (await remaining()) === 4);
});

it('are counted together, whichever is scraped', async () => {
  const { caller } = await shopping.customer();
  const before = await countOf('/balance');

  await atOnce(30, () => caller.get('/balance', ANEW));

  // The moment of the answer and that of the count are not the same.
  await eventually(
    () => atOnce(6, () => countOf('/balance')),
    (counts) => counts.every((count) => count === before + 30),
  );
});

it('go on when the one with the jobs is killed: it is replaced, and so are its jobs', async () => {
  const [killed, other] = workers();
  const customer = await shopping.customer(1);
  const counted = await countOf('/balance/charges');
  let charges = 0;
  let isOver = false;
  /** As a client does that believes in its keys: what was broken off is sent again. */
  const charge = async (i: number): Promise<void> => {
    for (let n = 0; !isOver; n++) {
      const again = (): Promise<Answer> =>
        customer.caller.post('/balance/charges', { amount: 1 }, { key: `charge-${i}-${n}`, ...ANEW }).then(
          // Who is stopped in the middle of a transaction keeps its locks until the server ends it.
          (answer) => (answer.status === 503 ? pause(10).then(again) : answer),
          () => pause(10).then(again),
        );
      expect((await again()).status).toBe(201);
      charges += 1;
      await pause(10);
    }
  };
  const busy = atOnce(12, charge);
  const chargesAre = (count: number): Promise<unknown> =>
    eventually(
      async () => charges,
      (done) => done >= count,
    );
  await chargesAre(20);
  // So that it has been given a connection which it has not accepted when it dies.
  process.kill(killed!.pid, 'SIGSTOP');
  await chargesAre(charges + 10);

  // What is to hold from the next start on is nothing to the replacement.
  await writeFile(join(shop.folder, '.env'), 'DATA_PLATFORM_SECRET=no secret');
  process.kill(killed!.pid, 'SIGKILL');
  const [, , replacement] = await eventually(
    async () => workers(),
    ({ length }) => length === 3,
    START,
  ).finally(() => {
    isOver = true;
  });
  await busy;

  expect(await shopping.balanceOf(customer)).toBe(1 + charges);
  expect(replacement).toEqual({ pid: expect.any(Number), jobs: true });
  expect(await relayersOf(6)).toEqual([replacement!.pid]);
  const { rows } = await others.query('SELECT clock_timestamp() AS now');
  await eventually(
    async () =>
      (await others.query(`SELECT FROM job_run WHERE job = 'ranking' AND started_at > $1`, [rows[0].now])).rows,
    ({ length }) => length > 0,
  );
  // What the killed one had counted is not forgotten.
  expect(await countOf('/balance/charges')).toBeGreaterThanOrEqual(counted);
  expect(pidsOf(({ route }) => route === '/balance/charges')).toContain(other!.pid);
});

it('end with nothing to say when they cannot start, but why', async () => {
  const taken = run();

  expect(await taken.end()).toBe(1);
  expect(taken.output()).toMatch(new RegExp(`^✖ Port ${port} of 127.0.0.1 is in use. `, 'm'));
  expect(taken.output().match(/✖/g)).toHaveLength(1);
});

it('answer all that they have accepted when they are told to end', async () => {
  const charging = new SlowCharging(port, await shopping.tokenOf({ id: 'kim' }));
  const slow = await atOnce(6, () => charging.almostSent());

  shop.kill('SIGTERM');
  await closed(port, 10_000);
  for (const { finish } of slow) finish();

  for (const { end } of slow) expect(await end).toEqual({ status: 201, connection: 'close' });
  charging.close();
  expect(await shop.end()).toBe(0);
});
