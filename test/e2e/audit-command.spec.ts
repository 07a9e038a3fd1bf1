import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { administer, createDatabase } from '../support/servers';
import { startShop, type TestShop } from '../support/shop';
import { Shopping } from './shopping';

jest.setTimeout(60_000);

const COMMAND = join(__dirname, '../../dist/apps/cli/src/main.js');

interface End {
  readonly code: number;
  readonly output: string;
}

/** `npm run shop -- audit` on a database, without the build before it. */
async function audit(databaseUrl: string): Promise<End> {
  // These settings and no others; the Redis would be a mistake to need.
  const env = { DATABASE_URL: databaseUrl, REDIS_URL: 'memory:' };
  const run = promisify(execFile)(process.execPath, [COMMAND, 'audit'], { env });
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    ({ code, stdout, stderr }) => ({ code, output: stdout + stderr }),
  );
}

describe('npm run shop -- audit', () => {
  let shop: TestShop | undefined;

  afterEach(() => shop?.close());

  it('prints a line for each check and says whether all hold, and writes nothing', async () => {
    shop = await startShop();
    const shopping = new Shopping(shop.url);
    const customer = await shopping.customer(10_000);
    await shopping.buy(customer, await shopping.goods());
    const { databaseUrl } = shop;
    const name = new URL(databaseUrl).pathname.slice(1);
    // For the sessions that are opened from now on: whoever writes fails.
    await administer(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);

    const clean = await audit(databaseUrl);

    expect(clean).toEqual({
      code: 0,
      output: expect.stringMatching(/\nAll 19 hold, at \d{4}-\d\d-\d\dT[\d:.]+Z\.\n$/),
    });
    const table = clean.output.split('\n\nAll')[0]!.split('\n');
    expect(table).toHaveLength(19);
    for (const line of table) expect(line).toMatch(/^[a-z.]+ +ok$/);
    expect(new Set(table.map((line) => line.length)).size).toBe(1);

    await administer('SET transaction_read_only = off; UPDATE balance SET amount = amount + 1', databaseUrl);
    const violated = await audit(databaseUrl);

    expect(violated.code).toBe(1);
    const row = /^ {2}(\{.*"userId":"(.*?)".*\})$/m.exec(violated.output);
    expect(JSON.parse(row![1]!)).toMatchObject({ userId: customer.id, balance: 9_001, ledger: 9_000 });
    expect(violated.output).toMatch(/^balance\.sum +1 violated$/m);
    expect(violated.output).toMatch(/\n\d of 19 are violated, at \S+Z\.\n$/);
    // Reported and not repaired.
    expect(await shopping.balanceOf(customer)).toBe(9_001);
  });

  it('says in one sentence that the schema is missing, and audits nothing', async () => {
    const { url, drop } = await createDatabase();
    try {
      const name = new URL(url).pathname.slice(1);
      await administer(`DROP DATABASE ${name}`);
      await administer(`CREATE DATABASE ${name}`);

      expect(await audit(url)).toEqual({
        code: 1,
        output: expect.stringMatching(/^✖ Migrations are pending: \d+\. Run: npm run migrate\n$/),
      });
    } finally {
      await drop();
    }
  });
});
