import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { type Program, runProgram } from '../support/program';
import { administer, createDatabase, freePort, redisUrl } from '../support/servers';

jest.setTimeout(90_000);

describe('the service alone (npm run start:prod)', () => {
  const SHOP = 'apps/shop/src/main.js';
  let shop: Program | undefined;

  afterEach(async () => {
    shop?.kill('SIGKILL');
    await shop?.end();
  });

  it('says every setting that is wrong at once, and no value', async () => {
    shop = runProgram(SHOP, { JWT_SECRET: 'not long enough', ORDER_TTL: 'soon' });

    expect(await shop.end()).toBe(1);
    for (const name of ['DATABASE_URL', 'REDIS_URL', 'JWT_SECRET', 'ORDER_TTL']) expect(shop.output()).toContain(name);
    expect(shop.output()).not.toContain('not long enough');
    expect(shop.output()).not.toContain('    at ');
  });

  it('refuses development tokens in production unless that is said aloud', async () => {
    const { url, drop } = await createDatabase();
    const settings = { NODE_ENV: 'production', DATABASE_URL: url, REDIS_URL: redisUrl() };
    try {
      shop = runProgram(SHOP, settings);

      expect(await shop.end()).toBe(1);
      expect(shop.output()).toContain('ALLOW_DEV_TOKENS');
    } finally {
      await drop();
    }
  });

  it('says what to do when its port is taken', async () => {
    const { url, drop } = await createDatabase();
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    try {
      shop = runProgram(SHOP, {
        DATABASE_URL: url,
        REDIS_URL: redisUrl(),
        PORT: String(port),
        ALLOW_UNSAFE_DATABASE: 'true',
        LOG_LEVEL: 'silent',
      });

      expect(await shop.end()).toBe(1);
      expect(shop.output()).toBe(`✖ Port ${port} of 127.0.0.1 is in use. Use another: PORT=${port + 1}\n`);
    } finally {
      taken.close();
      await drop();
    }
  });

  it('never migrates by itself: it says what to run, and serves after that', async () => {
    const { url, drop } = await createDatabase();
    const name = new URL(url).pathname.slice(1);
    await administer(`DROP DATABASE ${name}`);
    await administer(`CREATE DATABASE ${name}`);
    const port = String(await freePort());
    const settings = {
      DATABASE_URL: url,
      REDIS_URL: redisUrl(),
      PORT: port,
      JWT_SECRET: 'x'.repeat(32),
      ALLOW_UNSAFE_DATABASE: 'true', // that of the tests has no fsync
    };
    try {
      const early = runProgram(SHOP, settings);
      expect(await early.end()).toBe(1);
      expect(early.output()).toContain('Run: npm run migrate');

      const migration = runProgram('apps/shop/src/migrate.js', settings);
      expect(await migration.end()).toBe(0);

      shop = runProgram(SHOP, settings);
      await shop.says('Listening on');
      expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
      shop.kill('SIGTERM');
      expect(await shop.end()).toBe(0);
    } finally {
      await drop();
    }
  });
});

describe('the shop on a bare machine (npm start)', () => {
  const LOCAL = 'apps/local/src/main.js';
  let dataDir: string;
  let running: Program | undefined;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'jangteo-start-'));
    await chmod(dataDir, 0o755); // PostgreSQL runs as another user where the tests run as root
  });

  afterEach(async () => {
    running?.kill('SIGKILL');
    await running?.end();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 });
  });

  async function start(port: number, settings: Readonly<Record<string, string>> = {}): Promise<Program> {
    running = runProgram(LOCAL, { DATA_DIR: dataDir, PORT: String(port), LOG_LEVEL: '', ...settings });
    await running.says('Ctrl-C');
    return running;
  }

  it('brings its own servers and demo data, and finds both again after everything was killed', async () => {
    const port = await freePort();
    const first = await start(port);
    const shop = `http://127.0.0.1:${port}`;
    const { items } = (await (await fetch(`${shop}/products/rank`)).json()) as { items: { name: string }[] };
    expect(items).toHaveLength(5);
    for (const words of ['PostgreSQL', 'Redis', 'Migrations', 'Demo data', `${shop}/docs`, 'Customer', 'Admin']) {
      expect(first.output()).toContain(words);
    }
    expect(first.output()).not.toMatch(/warning/i);
    expect(first.output()).not.toContain('"level":'); // it logs warnings, and there are none
    const token = /Customer +(\S+)/.exec(first.output())?.[1];
    const owner = { authorization: `Bearer ${token}` };
    const charge = await fetch(`${shop}/balance/charges`, {
      method: 'POST',
      headers: { ...owner, 'content-type': 'application/json' },
      body: '{"amount":777}',
    });
    expect(charge.status).toBe(201);
    const { balance } = (await charge.json()) as { balance: number };

    first.kill('SIGKILL');
    await first.end();
    const second = await start(port);

    const after = await fetch(`${shop}/balance`, { headers: owner });
    expect(await after.json()).toEqual({ balance });
    expect(second.output()).toContain('not needed');
  });

  it('completes the demo data of a start that was killed in the middle of them', async () => {
    const { url, drop } = await createDatabase();
    const client = new Client({ connectionString: url });
    await client.connect();
    const paid = async (): Promise<number> => {
      const { rows } = await client.query(`SELECT count(*)::integer AS paid FROM orders WHERE status = 'PAID'`);
      return rows[0].paid;
    };
    try {
      const settings = { DATA_DIR: dataDir, DATABASE_URL: url, REDIS_URL: redisUrl(), PORT: '0' };
      await client.query(
        `CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$
           BEGIN IF (SELECT count(*) FROM payment) > 40 THEN PERFORM pg_sleep(1); END IF; RETURN NULL; END $$`,
      );
      await client.query('CREATE TRIGGER dawdle AFTER INSERT ON payment EXECUTE FUNCTION dawdle()');
      const first = runProgram(LOCAL, settings);
      while ((await paid()) < 30) await delay(5);
      first.kill('SIGKILL');
      await first.end();
      await client.query('DROP TRIGGER dawdle ON payment');
      expect(await paid()).toBeLessThan(150);

      running = runProgram(LOCAL, settings);
      await running.says('Ctrl-C');

      expect(running.output()).toContain('150 paid orders');
      expect(await paid()).toBe(150);
    } finally {
      running?.kill('SIGKILL');
      await running?.end();
      await client.end();
      await drop();
    }
  });

  it('stops all of it on Ctrl-C, however many processes serve', async () => {
    const shop = await start(await freePort(), { WORKERS: '2' });
    expect(shop.output()).toContain('2 processes');

    shop.kill('SIGINT');

    expect(await shop.end()).toBe(0);
  });

  it('says what to do when its port is taken, before it starts anything', async () => {
    const port = await freePort();
    await start(port);

    const second = runProgram(LOCAL, { DATA_DIR: join(dataDir, 'second'), PORT: String(port) });

    expect(await second.end()).toBe(1);
    expect(second.output()).toBe(`✖ Port ${port} is in use.\n    Use another: PORT=${port + 1} npm start\n`);
  });

  it('says every setting that is wrong, before it starts anything', async () => {
    const shop = runProgram(LOCAL, { DATA_DIR: dataDir, PORT: 'three', RATE_LIMIT: 'maybe' });

    expect(await shop.end()).toBe(1);
    expect(shop.output()).toMatch(/^✖ The environment is not right:\n/);
    for (const name of ['PORT', 'RATE_LIMIT']) expect(shop.output()).toContain(name);
    expect(shop.output()).not.toContain('    at ');
  });
});
