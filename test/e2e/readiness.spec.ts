import { Client } from 'pg';
import { SECRET } from '../support/data-platform-server';
import { eventually } from '../support/eventually';
import { client } from '../support/http';
import { freePort } from '../support/servers';
import { startShop } from '../support/shop';
import { atOnce } from './shopping';

/** More than there are connections for them. */
const CUSTOMERS = 40;
const UP = { database: 'up', migrations: 'up', durability: 'up', clock: 'up', ranking: 'up' };
const cleanUp: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

describe('for the readiness of a shop it', () => {
  it('does not matter whether customers have taken all of their connections', async () => {
    const shop = await startShop();
    cleanUp.push(() => shop.close());
    const customer = client(shop.url).as('kim');
    const read = () => customer.get('/balance/transactions');
    await atOnce(CUSTOMERS, read); // so that all connections are open
    const holder = new Client({ connectionString: shop.databaseUrl });
    await holder.connect();
    cleanUp.push(() => holder.end());
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE balance_transaction');
    let isOver = false;
    const reads = atOnce(CUSTOMERS, async () => {
      while (!isOver) await read();
    });
    try {
      await eventually(
        () => shop.sql(`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`),
        (waiting) => waiting.length === 20,
      );

      const answer = await fetch(`${shop.url}/health/ready`);

      expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok', checks: UP }]);
    } finally {
      isOver = true;
      await holder.query('COMMIT');
      await reads;
    }
  });

  it('does not matter whether Redis and the data platform are there', async () => {
    const nobody = `127.0.0.1:${await freePort()}`;
    const shop = await startShop({
      REDIS_URL: `redis://${nobody}`,
      DATA_PLATFORM_URL: `http://${nobody}/`,
      DATA_PLATFORM_SECRET: SECRET,
    });
    cleanUp.push(() => shop.close());

    const answer = await fetch(`${shop.url}/health/ready`);

    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok', checks: UP }]);
  });
});
