import { eventually } from '../support/eventually';
import { createDatabase, redisUrl } from '../support/servers';
import { startShop, type TestShop } from '../support/shop';
import { TcpProxy } from '../support/tcp-proxy';
import { Shopping } from './shopping';

const cleanUp: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function open(settings: Parameters<typeof startShop>[0] = {}): Promise<[TestShop, Shopping]> {
  const shop = await startShop(settings);
  cleanUp.push(() => shop.close());
  return [shop, new Shopping(shop.url)];
}

/** The values of the series of a name by what is in its braces. */
async function series(shopping: Shopping, name: string): Promise<Record<string, number>> {
  const { status, body } = await shopping.nobody.get<string>('/metrics');
  expect(status).toBe(200);
  const lines = body.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  return Object.fromEntries(
    lines.map((line) => {
      const [, labels = '', value] = /^\w+(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      return [labels, Number(value)];
    }),
  );
}

describe('the metrics', () => {
  it('are text that Prometheus reads, with those of the process', async () => {
    const [, shopping] = await open();

    const { headers, body } = await shopping.nobody.get<string>('/metrics');

    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    for (const line of body.split('\n')) expect(line).toMatch(/^(|# (HELP|TYPE) \w+ .+|\w+(\{.*\})? \S+)$/);
    expect(await series(shopping, 'process_resident_memory_bytes')).toEqual({ '': expect.any(Number) });
    expect(Object.keys(await series(shopping, 'nodejs_eventloop_lag_p99_seconds'))).toEqual(['']);
  });

  it('count requests by the route as it is declared, whatever was asked for', async () => {
    const [, shopping] = await open();
    const customer = await shopping.customer(10_000);
    const [first, second] = [await shopping.goods(), await shopping.goods()];
    const payment = await shopping.buy(customer, first);
    for (const { productId } of [first, second]) await shopping.nobody.get(`/products/${productId}?x=${productId}`);
    for (const { productId } of [first, second]) await shopping.nobody.get(`/products/${productId}`);
    await shopping.nobody.get(`/orders/${payment.orderId}`);
    for (const nowhere of ['/nowhere', '/wp-login.php', `/${payment.id}`]) await shopping.nobody.get(nowhere);

    // The moment of the answer and that of the count are not the same.
    const counts = await eventually(
      () => series(shopping, 'http_request_duration_seconds_count'),
      (seen) => seen['method="GET",route="none",status="404"'] === 3,
    );

    expect(counts).toMatchObject({
      'method="GET",route="/products/:productId",status="400"': 2,
      'method="GET",route="/products/:productId",status="200"': 2,
      'method="GET",route="/orders/:orderId",status="401"': 1,
      'method="POST",route="/payments",status="201"': 1,
      'method="POST",route="/admin/products",status="201"': 2,
    });
    const { body } = await shopping.nobody.get<string>('/metrics');
    expect(body).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-|wp-login|nowhere|user-/);
    expect(body).toMatch(
      /^http_request_duration_seconds_bucket\{le="0.25",method="POST",route="\/payments",status="201"\} 1$/m,
    );
    expect(body).toMatch(
      /^http_request_duration_seconds_sum\{method="POST",route="\/payments",status="201"\} 0\.\d+$/m,
    );
  });

  it('tell what the newest audit has found of each check, once there was one', async () => {
    const [shop, shopping] = await open();
    await shopping.customer(1_000);
    expect(await series(shopping, 'shop_invariant_violations')).toEqual({});
    expect(await series(shopping, 'shop_audit_timestamp_seconds')).toEqual({});

    const { body } = await shopping.admin.get<{ checks: { name: string }[] }>('/admin/audit');
    const clean = Object.fromEntries(body.checks.map(({ name }) => [`check="${name}"`, 0]));
    expect(Object.keys(clean)).toContain('check="balance.sum"');
    expect(await series(shopping, 'shop_invariant_violations')).toEqual(clean);
    const { '': at } = await series(shopping, 'shop_audit_timestamp_seconds');
    expect(Math.abs(at! - Date.now() / 1_000)).toBeLessThan(60);

    await shop.sql('UPDATE balance SET amount = amount + 1');
    await shopping.admin.get('/admin/audit');
    expect(await series(shopping, 'shop_invariant_violations')).toMatchObject({
      ...clean,
      'check="balance.sum"': 1,
      'check="balance.chain"': expect.any(Number),
      'check="money.conserved"': expect.any(Number),
    });
  });

  it('tell how many events wait and how many were given up', async () => {
    const [shop, shopping] = await open();
    await shop.sql(
      `INSERT INTO outbox_event (id, type, subject_id, payload, status, next_attempt_at, created_at, attempts)
       SELECT gen_random_uuid(), 'order.paid', gen_random_uuid(), '{}', status, now() + interval '1 hour', now(), 1
         FROM unnest('{PENDING,PENDING,PENDING,DEAD,DEAD}'::text[]) AS status`,
    );

    expect(await series(shopping, 'shop_outbox_pending')).toEqual({ '': 3 });
    expect(await series(shopping, 'shop_outbox_dead')).toEqual({ '': 2 });
  });

  it('tell when each job last began what did not fail', async () => {
    const [shop, shopping] = await open();
    await shop.sql('DELETE FROM job_run');
    await shop.sql(
      `INSERT INTO job_run (id, job, started_at, ended_at, rows, error)
       SELECT gen_random_uuid(), job, to_timestamp(seconds), to_timestamp(seconds), 0, error
         FROM (VALUES ('a', 1, NULL), ('a', 3, NULL), ('a', 5, 'broken'), ('b', 2, 'broken'), ('c', 4, NULL))
           AS run (job, seconds, error)`,
    );

    expect(await series(shopping, 'shop_job_timestamp_seconds')).toEqual({ 'job="a"': 3, 'job="c"': 4 });
  });

  it('tell whether Redis is there', async () => {
    const wire = await TcpProxy.to(redisUrl());
    cleanUp.push(() => wire.close());
    const [, shopping] = await open({ REDIS_URL: wire.through(redisUrl()) });
    expect(await series(shopping, 'shop_redis_up')).toEqual({ '': 1 });

    wire.cut();

    await eventually(
      () => series(shopping, 'shop_redis_up'),
      (seen) => seen[''] === 0,
    );
    const [, without] = await open({ REDIS_URL: 'memory:' });
    expect(await series(without, 'shop_redis_up')).toEqual({});
  });

  it('leave out what cannot be had while the database is away, and tell the rest', async () => {
    const database = await createDatabase();
    cleanUp.push(() => database.drop());
    const wire = await TcpProxy.to(database.url);
    cleanUp.push(() => wire.close());
    const [, shopping] = await open({ databaseUrl: wire.through(database.url) });
    expect(await series(shopping, 'shop_outbox_pending')).toEqual({ '': 0 });

    wire.cut();

    expect(await series(shopping, 'shop_outbox_pending')).toEqual({});
    expect(Object.keys(await series(shopping, 'process_resident_memory_bytes'))).toEqual(['']);
    wire.mend();
    await eventually(
      () => series(shopping, 'shop_outbox_pending'),
      (seen) => seen[''] === 0,
      5_000,
    );
  });

  it('are for admins only in production', async () => {
    const [, shopping] = await open({
      NODE_ENV: 'production',
      ALLOW_DEV_TOKENS: 'true',
      ALLOW_UNSAFE_DATABASE: 'false',
    });

    expect(await shopping.nobody.get('/metrics')).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
    expect(await shopping.as('kim').get('/metrics')).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    const { status, body } = await shopping.admin.get<string>('/metrics');
    expect(status).toBe(200);
    expect(body).toContain('http_request_duration_seconds_bucket');
  });
});
