import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BalanceService } from '@app/balance';
import { OrderService } from '@app/order';
import { loadEnv } from '@app/platform';
import type { Ranking } from '@app/ranking';
import { Money } from '@app/shared';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { loadDemo } from '../../apps/cli/src/demo';
import { DEMO_PRODUCTS } from '../../apps/cli/src/demo-catalogue';
import { run } from '../../apps/cli/src/run';
import { withShop } from '../../apps/cli/src/shop-context';
import { createDatabase, redisUrl, type TestDatabase } from '../support/servers';

const FIXTURE = join(__dirname, '../fixtures/superstore-orders.csv');

let database: TestDatabase;
let client: Client;
let redis: Redis;
let folder: string;
let written: string;
let source: Record<string, string>;

const output = {
  write: (text: string): boolean => {
    written += text;
    return true;
  },
};

beforeEach(async () => {
  database = await createDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
  redis = new Redis(redisUrl());
  await redis.flushdb();
  folder = await mkdtemp(join(tmpdir(), 'jangteo-import-'));
  written = '';
  source = { DATABASE_URL: database.url, REDIS_URL: redisUrl(), DATA_DIR: folder, LOG_LEVEL: 'silent' };
});

afterEach(async () => {
  await client.end();
  await redis.quit();
  await database.drop();
  await rm(folder, { recursive: true });
});

async function rows<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
  return (await client.query<Row>(sql, values)).rows;
}

async function number(sql: string): Promise<number> {
  const [row] = await rows<{ n: string }>(`SELECT (${sql})::text AS n`);
  return Number(row!.n);
}

/** What the command left on the board, where the instances that run read it. */
async function rankingOnBoard(): Promise<Ranking> {
  return JSON.parse((await redis.get('{ranking}:current')) ?? 'null');
}

/**
 * The file as PostgreSQL reads it, in numeric arithmetic and by nothing of the importer's: in a table of the session,
 * with the price by the formula of the issue.
 */
async function loadByOtherMeans(file: string): Promise<void> {
  // Every line of the fixture is one record: a quoted field is a run of anything but lone quotes.
  const field = /(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g;
  const [, ...lines] = (await readFile(file, 'utf8')).split('\r\n').filter((text) => text !== '');
  const cells = lines.map((text) =>
    [...text.matchAll(field)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain),
  );
  const column = (index: number) => cells.map((line) => line[index]);
  await client.query(
    `CREATE TEMP TABLE sold AS
       SELECT s.*, round(sales / (1 - discount) / quantity * 1300)::bigint AS price
         FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::numeric[], $6::integer[], $7::numeric[])
           AS s (order_id, customer_id, product_id, name, sales, quantity, discount)`,
    [0, 2, 3, 6, 7, 8, 9].map(column),
  );
}

describe('shop import', () => {
  it('sells a few hundred real orders: ranking, units, money and stock are what the file says', async () => {
    await loadByOtherMeans(FIXTURE);
    const [first] = await rows<{ userId: string }>(`SELECT 'superstore:' || min(customer_id) AS "userId" FROM sold`);
    await withShop(loadEnv(source), (shop) =>
      shop.get(BalanceService, { strict: false }).charge({ ...first!, amount: Money.of(100) }),
    );

    expect(await run(['import', FIXTURE], source, output)).toBe(0);

    const orders = await number('SELECT count(DISTINCT order_id) FROM sold');
    const units = await number('SELECT sum(quantity) FROM sold');
    const won = await number('SELECT sum(price * quantity) FROM sold');
    expect(orders).toBeGreaterThanOrEqual(300);
    expect(written).toContain(
      `orders    ${orders} paid, ${units.toLocaleString('en-US')} units, ${won.toLocaleString('en-US')} won`,
    );
    expect(written).toContain('refused   none');

    const expected = await rows(
      `SELECT row_number() OVER (ORDER BY sum(quantity) DESC, sum(price * quantity) DESC)::integer AS rank, name,
              max(price)::integer AS price, sum(quantity)::integer AS "soldQuantity"
         FROM sold GROUP BY product_id, name ORDER BY rank LIMIT 5`,
    );
    const { items } = await rankingOnBoard();
    expect(items).toHaveLength(5);
    expect(items.map(({ productId, ...item }) => item)).toEqual(expected);
    const descriptions = await rows<{ description: string }>(
      `SELECT p.description FROM unnest($1::uuid[]) WITH ORDINALITY AS r (id, rank) JOIN product p USING (id) ORDER BY rank`,
      [items.map(({ productId }) => productId)],
    );
    const ids = await rows<{ product_id: string }>(
      `SELECT product_id FROM sold GROUP BY product_id, name
        ORDER BY sum(quantity) DESC, sum(price * quantity) DESC LIMIT 5`,
    );
    expect(descriptions.map(({ description }) => description.split(' / ').at(-1))).toEqual(
      ids.map(({ product_id }) => product_id),
    );

    expect(await number(`SELECT count(*) FROM orders WHERE status = 'PAID'`)).toBe(orders);
    expect(await number('SELECT count(*) FROM orders')).toBe(orders);
    expect(await number('SELECT sum(quantity) FROM order_line')).toBe(units);
    expect(await number('SELECT sum(amount) FROM payment')).toBe(won);
    expect(await number(`SELECT -sum(quantity) FROM stock_movement WHERE kind = 'SALE'`)).toBe(units);
    expect(await number('SELECT sum(reserved) FROM product_option')).toBe(0);

    // Every customer charged exactly what lacked: what the orders cost in the file, and has nothing left.
    const balances = await rows(
      `SELECT b.user_id, b.amount::integer AS left,
              sum(t.amount) FILTER (WHERE t.type = 'CHARGE')::bigint AS charged,
              -sum(t.amount) FILTER (WHERE t.type = 'PAYMENT')::bigint AS paid
         FROM balance b JOIN balance_transaction t USING (user_id) GROUP BY b.user_id ORDER BY b.user_id`,
    );
    expect(balances).toEqual(
      await rows(
        `SELECT 'superstore:' || customer_id AS user_id, 0 AS left,
                sum(price * quantity)::bigint AS charged, sum(price * quantity)::bigint AS paid
           FROM sold GROUP BY customer_id ORDER BY user_id`,
      ),
    );
    expect(await number('SELECT max(amount) FROM balance_transaction')).toBeLessThanOrEqual(10_000_000);
  });

  it('uses the catalogue that is there when it runs again, and fills up its stock', async () => {
    const products = new Set(
      (await readFile(FIXTURE, 'utf8')).match(/(FUR|OFF|TEC)-[A-Z]{2}-\d{8},[^,]+,[^,]+,("[^\r]+",|[^,]+,)/g),
    ).size;
    await run(['import', FIXTURE, '--limit', '100'], source, output);
    await client.query('UPDATE product_option SET price = price + 1');
    const prices = await number('SELECT sum(price) FROM product_option');

    expect(await run(['import', FIXTURE, '--from', '2014-05-01', '--to', '2014-05-31'], source, output)).toBe(0);

    expect(await number('SELECT count(*) FROM product')).toBe(products);
    expect(await number('SELECT count(*) FROM product_option')).toBe(products);
    expect(written).toContain(`products  ${products} loaded, 0 were there already`);
    expect(written).toContain(`products  0 loaded, ${products} were there already`);
    expect(await number('SELECT sum(price) FROM product_option')).toBe(prices);
    expect(await number('SELECT min(on_hand - reserved) FROM product_option')).toBe(100);
    const may = new Set((await readFile(FIXTURE, 'utf8')).match(/^[^,]+,2014-05-\d\d/gm)).size;
    expect(await number('SELECT count(*) FROM orders')).toBe(100 + may);
  });

  it('counts what the shop refuses by its reason, sells the rest and ends with 1', async () => {
    await run(['import', FIXTURE, '--limit', '10'], source, output);
    const [off] = await rows<{ id: string; orders: string }>(
      'SELECT product_id AS id, count(*) AS orders FROM order_line GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1',
    );
    await client.query('UPDATE product SET on_sale = false WHERE id = $1', [off!.id]);

    expect(await run(['import', FIXTURE, '--limit', '10'], source, output)).toBe(1);

    expect(written).toContain(`refused   PRODUCT_NOT_ON_SALE ${off!.orders}`);
    expect(await number('SELECT count(*) FROM orders')).toBe(20 - Number(off!.orders));
  });

  it('writes nothing when the last line of the file is wrong', async () => {
    const file = join(folder, 'bad.csv');
    const text = await readFile(FIXTURE, 'utf8');
    await writeFile(
      file,
      `${text.trimEnd()}\r\n${text
        .trimEnd()
        .split('\r\n')
        .at(-1)!
        .replace(/[\d.]+$/, '1')}\r\n`,
    );

    await expect(run(['import', file], source, output)).rejects.toThrow(
      /bad\.csv: line 685: discount must be .* not "1"/,
    );

    const tables = ['product', 'orders', 'balance', 'idempotency_key', 'job_run', 'ranking_snapshot'];
    for (const table of tables) expect([table, await number(`SELECT count(*) FROM ${table}`)]).toEqual([table, 0]);
  });

  it('sends no event and fires no job: both are for the shop that runs', async () => {
    await client.query(
      `INSERT INTO outbox_event (id, type, subject_id, payload, status, next_attempt_at, created_at)
       VALUES (gen_random_uuid(), 'order.paid', gen_random_uuid(), '{}', 'PENDING', now(), now())`,
    );
    const [before] = await rows('SELECT * FROM outbox_event');

    expect(await run(['import', FIXTURE, '--limit', '20'], source, output)).toBe(0);

    expect(await rows('SELECT * FROM outbox_event ORDER BY created_at LIMIT 1')).toEqual([before]);
    expect(await number(`SELECT count(*) FROM outbox_event WHERE status = 'PENDING' AND attempts = 0`)).toBe(21);
    expect(await number('SELECT count(*) FROM job_run')).toBe(0);
    expect(await number('SELECT count(*) FROM ranking_snapshot')).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it('asks for the migrations of a database that has none', async () => {
    await client.query('DROP TABLE migrations');

    await expect(run(['import', FIXTURE], source, output)).rejects.toThrow(/pending: \d+\. Run: npm run migrate$/);
  });

  it('says so of a database that is not there', async () => {
    const url = new URL(database.url);
    url.port = '1';

    await expect(run(['demo'], { ...source, DATABASE_URL: url.href }, output)).rejects.toThrow(
      /The database of DATABASE_URL cannot be used \(.*ECONNREFUSED.*\)\. Check the address/,
    );
  });
});

describe('loadDemo', () => {
  it('fills an empty shop with a ranking of the first five products and two coupons, and nothing a second time', async () => {
    const env = loadEnv(source);

    expect(await loadDemo(env)).toEqual({ products: 20, coupons: 2, orders: 150 });

    const before = await rankingOnBoard();
    expect(before.items.map(({ name }) => name)).toEqual(DEMO_PRODUCTS.slice(0, 5).map(({ name }) => name));
    expect(Math.abs(Date.now() - Date.parse(before.generatedAt))).toBeLessThan(60_000);
    expect(await number(`SELECT count(*) FROM orders WHERE status = 'PAID'`)).toBe(150);
    expect(await number('SELECT count(*) FROM orders')).toBe(150);
    // A shop that serves meanwhile would have expired these before they were paid.
    expect(await number('SELECT count(*) FROM orders WHERE expires_at <= now()')).toBe(0);
    expect(
      await number(`SELECT count(*) FROM orders WHERE paid_at > now() OR paid_at < now() - interval '61 hours'`),
    ).toBe(0);
    expect(await number(`SELECT count(DISTINCT date_trunc('hour', paid_at)) FROM orders`)).toBeGreaterThanOrEqual(20);
    expect(await number('SELECT count(*) FROM coupon WHERE valid_from <= now() AND issued = 8')).toBe(1);
    expect(await number('SELECT count(*) FROM coupon WHERE valid_from > now() AND issued = 0')).toBe(1);
    expect(await number(`SELECT count(*) FROM issued_coupon WHERE status = 'USED'`)).toBe(8);
    expect(await number('SELECT sum(amount) FROM balance')).toBe(
      await number('SELECT sum(amount) FROM balance_transaction'),
    );
    expect(
      await number("SELECT count(*) FROM balance_transaction WHERE type = 'CHARGE' AND amount % 300000 <> 0"),
    ).toBe(0);

    const snapshots = await number('SELECT count(*) FROM ranking_snapshot');
    expect(await loadDemo(env)).toBeNull();
    expect(await number('SELECT count(*) FROM ranking_snapshot')).toBe(snapshots);
    expect(await run(['demo'], source, output)).toBe(0);
    expect(written).toBe('Nothing was loaded: the shop has products already, and the demo is for an empty one.\n');
    expect(await number('SELECT count(*) FROM product')).toBe(20);
    expect(await number('SELECT count(*) FROM orders')).toBe(150);
  });

  it.each([
    ['at the coupons', 'coupon', 1],
    ['at the customers who hold one', 'issued_coupon', 0],
    ['at the orders', 'orders', 40],
    ['at the payments', 'payment', 70],
  ])('completes, when it runs again, what was interrupted %s', async (_, table, limit) => {
    const env = loadEnv(source);
    await client.query(
      `CREATE FUNCTION interrupt() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN IF (SELECT count(*) FROM ${table}) > ${limit} THEN RAISE EXCEPTION 'interrupted'; END IF; RETURN NULL; END $$`,
    );
    await client.query(`CREATE TRIGGER interrupt AFTER INSERT ON ${table} EXECUTE FUNCTION interrupt()`);
    await expect(loadDemo(env)).rejects.toThrow('interrupted');
    await client.query(`DROP TRIGGER interrupt ON ${table}`);
    const orders = await number('SELECT count(*) FROM orders');

    expect(await loadDemo(env)).toEqual({ products: 20, coupons: 2, orders: 150 });

    expect(await number('SELECT count(*) FROM product')).toBe(20);
    expect(await number('SELECT count(*) FROM coupon')).toBe(2);
    expect(await number('SELECT count(*) FROM issued_coupon')).toBe(8);
    expect(await number(`SELECT count(*) FROM orders WHERE status = 'PAID'`)).toBe(150);
    expect(await number(`SELECT count(*) FROM orders WHERE status = 'PAID' AND coupon_id IS NOT NULL`)).toBe(8);
    expect(await number('SELECT count(*) FROM orders')).toBeLessThanOrEqual(150 + orders);
    expect(await number('SELECT sum(reserved) FROM product_option')).toBe(0);
    expect((await rankingOnBoard()).items.map(({ name }) => name)).toEqual(
      DEMO_PRODUCTS.slice(0, 5).map(({ name }) => name),
    );
    expect(await loadDemo(env)).toBeNull();
  });

  it('that completes an interrupted one leaves the orders of others alone', async () => {
    const env = loadEnv(source);
    await client.query(
      `CREATE FUNCTION interrupt() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'interrupted'; END $$`,
    );
    await client.query('CREATE TRIGGER interrupt BEFORE INSERT ON orders EXECUTE FUNCTION interrupt()');
    await expect(loadDemo(env)).rejects.toThrow('interrupted');
    await client.query('DROP TRIGGER interrupt ON orders');
    const [option] = await rows<{ id: string }>('SELECT id FROM product_option LIMIT 1');
    await withShop(env, (shop) =>
      shop
        .get(OrderService, { strict: false })
        .place({ userId: 'somebody', items: [{ optionId: option!.id, quantity: 1 }] }),
    );

    expect(await loadDemo(env)).toEqual({ products: 20, coupons: 2, orders: 150 });

    expect(await rows('SELECT status FROM orders WHERE user_id = $1', ['somebody'])).toEqual([
      { status: 'PENDING_PAYMENT' },
    ]);
  });

  it('loads once for two that start together', async () => {
    const loads = await Promise.all([loadDemo(loadEnv(source)), loadDemo(loadEnv(source))]);

    expect(loads.filter((demo) => demo === null)).toHaveLength(1);
    expect(await number('SELECT count(*) FROM product')).toBe(20);
    expect(await number('SELECT count(*) FROM orders')).toBe(150);
  });

  it('leaves a shop alone that sells anything else', async () => {
    await client.query(`INSERT INTO product (id, name, description, on_sale, created_at)
                        VALUES (gen_random_uuid(), 'mine', '', true, now())`);

    expect(await loadDemo(loadEnv(source))).toBeNull();
    expect(await number('SELECT count(*) FROM product')).toBe(1);
  });
});
