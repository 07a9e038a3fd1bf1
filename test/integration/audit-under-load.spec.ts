import { setTimeout as pause } from 'node:timers/promises';
import { Audit, type AuditReport, Snapshots } from '@app/platform';
import { Money } from '@app/shared';
import { SHOP_CHECKS } from '../../apps/shop/src/shop-checks';
import type { TestDatabase } from '../support/database';
import { openShopDatabase, Shop, violations } from '../support/shop-services';
import { TcpProxy } from '../support/tcp-proxy';
import { within } from '../support/within';

let database: TestDatabase;

beforeEach(async () => {
  database = await openShopDatabase();
});

afterEach(() => database?.close());

const isClean = ({ ok, checks }: AuditReport) => (ok ? [] : checks.filter((check) => check.violations > 0));

it('is clean at every moment while two instances sell, cancel, refund and rank', async () => {
  const instances = [new Shop(database), new Shop(database)];
  const [first] = instances;
  const goods = await Promise.all([1_000, 1_000, 1_000].map((stock) => first!.goods(stock, 1_000)));
  const users = await Promise.all(Array.from({ length: 24 }, () => first!.customer(10_000)));
  const coupons = await Promise.all(Array.from({ length: 3 }, () => first!.couponOf(users)));
  let audits = 0;
  let bought = 0;
  let done = false;

  const shopUntilDone = async (userId: string, i: number): Promise<void> => {
    const shop = instances[i % 2]!;
    for (let round = 0; !done; round++) {
      await shop.balances.charge({ userId, amount: Money.of(2_000) });
      const { id: orderId } = await shop.order(userId, goods[(i + round) % 3]!, 2, coupons[round % 3]);
      if ((i + round) % 4 === 0) {
        await shop.orders.cancel({ userId, orderId });
        continue;
      }
      const { id: paymentId } = await instances[round % 2]!.payments.pay({ userId, orderId });
      bought += 1;
      await shop.payments.refund({ userId, paymentId });
    }
  };
  const shopping = users.map(shopUntilDone);
  const ranking = (async () => {
    while (!done) await first!.rankings.refresh();
  })();
  try {
    const audit = new Audit(SHOP_CHECKS, new Snapshots(database.url));
    while (audits < 12 || bought < 200) {
      expect(isClean(await audit.run())).toEqual([]);
      audits += 1;
    }
  } finally {
    done = true;
    await Promise.allSettled([...shopping, ranking]);
  }

  expect((await Promise.allSettled([...shopping, ranking])).filter(({ status }) => status === 'rejected')).toEqual([]);
  expect(await violations(database)).toEqual([]);
});

describe('a look at one moment', () => {
  it('does not see what is committed meanwhile, and writes nothing', async () => {
    const snapshots = new Snapshots(database.url);
    const count = 'SELECT count(*) FROM balance';

    await snapshots
      .read(async (query) => {
        expect(await query(count)).toEqual([{ count: 0 }]);
        await new Shop(database).customer(1_000);
        expect(await query(count)).toEqual([{ count: 0 }]);
        await expect(query(`INSERT INTO balance VALUES ('kim', 1, 1)`)).rejects.toThrow('read-only transaction');
      })
      .catch((error: unknown) => expect(error).toMatchObject({ message: expect.stringContaining('aborted') }));

    expect(await snapshots.read((query) => query(count))).toEqual([{ count: 1 }]);
  });

  it('may take longer than the pool lets anybody, and not longer than its own limits', async () => {
    const sleep = 'SELECT pg_sleep(0.4)';

    const patient = new Snapshots(database.url, { statement: 10_000, deadline: 10_000 });
    expect(await patient.read((query) => query("SELECT current_setting('statement_timeout') AS most"))).toEqual([
      { most: '10s' },
    ]);
    const hasty = new Snapshots(database.url, { statement: 50, deadline: 10_000 });
    await expect(hasty.read((query) => query(sleep))).rejects.toThrow('statement timeout');
  });

  it('may idle in between, whatever the server thinks of that', async () => {
    const name = new URL(database.url).pathname.slice(1);
    await database.dataSource.query(`ALTER DATABASE "${name}" SET idle_in_transaction_session_timeout = 50`);

    const seen = await new Snapshots(database.url).read(async (query) => {
      await database.dataSource.query('SELECT pg_sleep(0.3)');
      return query('SELECT 1 AS one');
    });

    expect(seen).toEqual([{ one: 1 }]);
  });

  it('ends at its deadline when the server falls silent, and leaves no connection behind', async () => {
    const proxy = await TcpProxy.to(database.url);
    try {
      const snapshots = new Snapshots(proxy.through(database.url), { statement: 10_000, deadline: 700 });
      const look = snapshots.read(async (query) => {
        proxy.silence();
        return query('SELECT 1');
      });

      const ended = look.catch(() => undefined);
      expect(await within(3_000, ended)).toBe(true);
      await expect(look).rejects.toThrow('Connection terminated');
    } finally {
      await proxy.close();
    }
    const left = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'jangteo snapshot'`;
    const deadline = Date.now() + 5_000;
    while ((await database.dataSource.query(left)).length > 0 && Date.now() < deadline) await pause(20);
    expect(await database.dataSource.query(left)).toEqual([]);
  });

  it('is broken off by a shutdown', async () => {
    const snapshots = new Snapshots(database.url);
    const look = snapshots.read(async (query) => {
      snapshots.beforeApplicationShutdown();
      return query('SELECT pg_sleep(20)');
    });

    await expect(look).rejects.toThrow('Connection terminated');
  });
});
