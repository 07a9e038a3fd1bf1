import { Client } from 'pg';
import { eventually } from '../support/eventually';
import { type Program, runProgram } from '../support/program';
import { createDatabase, freePort, redisUrl } from '../support/servers';
import { Shopping } from './shopping';

jest.setTimeout(60_000);

/** PostgreSQL ends a session that idles in its transaction after 5 seconds. */
const LONGEST_IDLE = 8_000;

let database: Awaited<ReturnType<typeof createDatabase>>;
let others: Client;
let shop: Program;

beforeEach(async () => {
  database = await createDatabase();
  others = new Client({ connectionString: database.url });
  await others.connect();
});

afterEach(async () => {
  shop?.kill('SIGCONT');
  shop?.kill('SIGKILL');
  await shop?.end();
  await others?.end();
  await database?.drop();
});

async function start(): Promise<Shopping> {
  const port = await freePort();
  shop = runProgram('apps/shop/src/main.js', {
    DATABASE_URL: database.url,
    REDIS_URL: redisUrl(),
    PORT: String(port),
    JWT_SECRET: 'x'.repeat(32),
    LOAD_SHEDDING: 'off',
    ALLOW_UNSAFE_DATABASE: 'true',
  });
  await shop.says('Listening on');
  return new Shopping(`http://127.0.0.1:${port}`);
}

/** Sessions of the shop in that state. */
async function sessions(state: string): Promise<number> {
  const { rows } = await others.query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND ${state}`,
  );
  return rows.length;
}

it('a shop that is stopped in the middle of a transaction holds up nobody for long, and stores nothing when it wakes', async () => {
  const shopping = await start();
  const { id, caller } = await shopping.customer(1_000);
  await others.query('BEGIN');
  await others.query('SELECT FROM balance WHERE user_id = $1 FOR UPDATE', [id]);
  const charged = caller.post('/balance/charges', { amount: 500 }, { key: 'stopped' });
  await eventually(
    () => sessions(`wait_event_type = 'Lock'`),
    (waiting) => waiting === 1,
    1_500,
  );

  shop.kill('SIGSTOP');
  await others.query('COMMIT');
  await eventually(
    () => sessions(`state = 'idle in transaction'`),
    (idle) => idle === 1,
  );
  const balances = async (): Promise<number[]> => {
    const { rows } = await others.query<{ amount: string }>('SELECT amount FROM balance FOR UPDATE SKIP LOCKED');
    return rows.map(({ amount }) => Number(amount));
  };
  expect(await balances()).toEqual([]);
  await eventually(balances, ([amount]) => amount === 1_000, LONGEST_IDLE);

  shop.kill('SIGCONT');
  const { status, body } = await charged;
  expect([status, body]).toMatchObject([503, { code: 'DEPENDENCY_UNAVAILABLE' }]);
  expect(await shopping.balanceOf({ id, caller })).toBe(1_000);
  expect((await caller.post('/balance/charges', { amount: 500 }, { key: 'stopped' })).status).toBe(201);
  expect(await shopping.balanceOf({ id, caller })).toBe(1_500);
});
