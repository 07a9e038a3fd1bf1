import { connect } from 'node:net';
import { join } from 'node:path';
import { Client } from 'pg';
import { deferred } from '../support/deferred';
import { eventually } from '../support/eventually';
import { type Program, runProgram } from '../support/program';
import { createDatabase, freePort, redisUrl } from '../support/servers';
import { closed } from './closed';
import { Shopping } from './shopping';
import { SlowCharging } from './slow-charging';

jest.setTimeout(60_000);

/** A process that has not ended by then is killed by whatever runs it. */
const LONGEST_END = 10_000;
/** It waits so long for connections on which something may still come; without such it is through much earlier. */
const DRAIN = 8_000;

let database: Awaited<ReturnType<typeof createDatabase>>;
let port: number;
let shop: Program;
let shopping: Shopping;
let charging: SlowCharging;

beforeEach(async () => {
  database = await createDatabase();
  port = await freePort();
  shop = runProgram('apps/shop/src/main.js', {
    DATABASE_URL: database.url,
    REDIS_URL: redisUrl(),
    PORT: String(port),
    JWT_SECRET: 'x'.repeat(32),
    RATE_LIMIT: 'off',
    LOAD_SHEDDING: 'off',
    ALLOW_UNSAFE_DATABASE: 'true',
    NODE_OPTIONS: `--require "${join(__dirname, '../fixtures/uncaught.js')}"`,
  });
  await shop.says('Listening on');
  shopping = new Shopping(`http://127.0.0.1:${port}`);
  charging = new SlowCharging(port, await shopping.tokenOf({ id: 'kim' }));
});

afterEach(async () => {
  charging?.close();
  shop?.kill('SIGKILL');
  await shop?.end();
  await database?.drop();
});

async function storedKeys(): Promise<string[]> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query<{ key: string }>('SELECT idempotency_key AS key FROM balance_transaction');
  await client.end();
  return rows.map(({ key }) => key);
}

/** The exit code, and the milliseconds that it took from now. */
async function ended(): Promise<{ code: number | string; ms: number }> {
  const started = performance.now();
  const code = await shop.end();
  return { code, ms: performance.now() - started };
}

describe('a shop that is told to end', () => {
  it('under load answers all that it has accepted, and says at once that it wants nothing new', async () => {
    const [first, answer] = await charging.once();
    expect(answer).toEqual({ status: 201, connection: 'keep-alive' });
    const running = deferred();
    let charged = 0;
    const load = Array.from({ length: 8 }, () =>
      charging.untilRefused(() => {
        charged += 1;
        if (charged === 200) running.resolve();
      }),
    );
    await running.promise;
    const slow = await Promise.all(Array.from({ length: 5 }, () => charging.almostSent()));

    shop.kill('SIGTERM');
    const ending = ended();
    const ready = await eventually(
      () => shopping.nobody.get('/health/ready'),
      ({ status }) => status !== 200,
      900, // in the second in which a balancer can still see it
    );
    expect(ready).toMatchObject({ status: 503, body: { status: 'draining', checks: { database: 'up' } } });
    expect((await shopping.nobody.get('/products')).status).toBe(200);
    await closed(port, LONGEST_END);
    for (const { finish } of slow) finish();

    for (const { end } of slow) expect(await end).toEqual({ status: 201, connection: 'close' });
    const { code, ms } = await ending;
    expect(code).toBe(0);
    expect(ms).toBeLessThan(DRAIN - 2_000);
    const answered = (await Promise.all(load)).flat().filter(([, answer]) => typeof answer !== 'string');
    for (const [, answer] of answered) expect(answer).toMatchObject({ status: 201 });
    // What was not answered was not accepted either: it left no trace.
    const keys = [first, ...slow.map(({ key }) => key), ...answered.map(([key]) => key)];
    expect((await storedKeys()).sort()).toEqual(keys.sort());
  });

  it('answers also whose headers were not yet all there', async () => {
    let answer = '';
    const socket = connect(port, '127.0.0.1').on('data', (chunk) => {
      answer += chunk;
    });
    socket.write('GET /products HTTP/1.1\r\nHost: shop\r\n');
    await new Promise((resolve) => socket.once('connect', resolve));
    // Accepted in the order of their arrival: the first one is when the second is answered.
    await shopping.nobody.get('/health/live', { headers: { connection: 'close' } });

    shop.kill('SIGTERM');
    await closed(port, LONGEST_END);
    socket.write('\r\n');

    await new Promise((resolve) => socket.once('close', resolve));
    expect(answer).toMatch(/^HTTP\/1.1 200 [\s\S]*\r\nconnection: close\r\n/i);
    expect(await shop.end()).toBe(0);
  });

  it('does not wait for a request that never comes to its end', async () => {
    const half = await charging.almostSent();
    const mute = connect(port, '127.0.0.1').on('error', () => undefined);

    shop.kill('SIGTERM');
    const { code, ms } = await ended();

    mute.destroy();
    expect(code).toBe(0);
    expect(ms).toBeLessThan(LONGEST_END);
    expect(await half.end).toBe('ECONNRESET');
    expect(await storedKeys()).toEqual([]);
    expect(shop.output()).toContain('Connections were still open after 8 s');
  });

  it('ends no sooner and no other way when it is told again', async () => {
    const half = await charging.almostSent();
    shop.kill('SIGTERM');
    shop.kill('SIGTERM');
    await closed(port, LONGEST_END);
    shop.kill('SIGTERM');
    half.finish();

    expect(await half.end).toEqual({ status: 201, connection: 'close' });
    expect(await shop.end()).toBe(0);
  });
});

describe('an error that nobody caught', () => {
  it.each([
    ['thrown', 'SIGUSR2'],
    ['rejected', 'SIGHUP'],
  ] as const)('that was %s ends the shop with 1, after what it has accepted', async (how, signal) => {
    const half = await charging.almostSent();

    shop.kill(signal);
    await closed(port, LONGEST_END);
    half.finish();

    expect(await half.end).toEqual({ status: 201, connection: 'close' });
    expect(await shop.end()).toBe(1);
    expect(await storedKeys()).toEqual([half.key]);
    const lines = shop.output().trim().split('\n');
    const fatal = lines.map((line) => JSON.parse(line)).filter(({ level }) => level === 60);
    expect(fatal).toEqual([
      expect.objectContaining({
        msg: 'An error that nobody caught: this process ends',
        err: expect.objectContaining({ message: `${how} by the test`, stack: expect.any(String) }),
      }),
    ]);
  });

  it('on the way to the end is no reason to break off, but to end with 1', async () => {
    const half = await charging.almostSent();
    shop.kill('SIGTERM');
    await closed(port, LONGEST_END);

    shop.kill('SIGUSR2');
    await shop.says('thrown by the test');
    half.finish();

    expect(await half.end).toEqual({ status: 201, connection: 'close' });
    expect(await shop.end()).toBe(1);
  });
});
