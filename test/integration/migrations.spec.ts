import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { assertMigrated, migrate } from '../../apps/shop/src/migrations';
import { MIGRATIONS } from '../../ormconfig';
import { administer, createDatabase, type TestDatabase } from '../support/servers';

/** Locks are those of the whole server. */
const HERE = '(SELECT oid FROM pg_database WHERE datname = current_database()) = database';

let database: TestDatabase;
let other: Client | undefined;

/** An empty database, without any schema. */
beforeEach(async () => {
  database = await createDatabase();
  const name = new URL(database.url).pathname.slice(1);
  await administer(`DROP DATABASE ${name}`);
  await administer(`CREATE DATABASE ${name}`);
});

afterEach(async () => {
  await other?.end();
  other = undefined;
  await database.drop();
});

/** A connection that holds the turn of who migrates. */
async function holdTurn(): Promise<Client> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query(`SELECT pg_advisory_lock(hashtextextended('jangteo:migrations', 0))`);
  return client;
}

async function until(client: Client, condition: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const { rows } = await client.query(`SELECT ${condition} AS fulfilled`);
    if (rows[0].fulfilled) return;
    if (Date.now() > deadline) throw new Error(`it never came true: ${condition}`);
    await delay(20);
  }
}

describe('migrate', () => {
  it('brings an empty database up to date once, though two start together', async () => {
    const applied = await Promise.all([migrate(database.url), migrate(database.url)]);

    expect(applied.filter((names) => names.length === 0)).toHaveLength(1);
    expect(applied.flat()).toHaveLength(MIGRATIONS.length);
    await expect(assertMigrated(database.url)).resolves.toBeUndefined();
  });

  it('waits for its turn for as long as another one migrates, beyond every lock timeout', async () => {
    other = await holdTurn();
    const url = new URL(database.url);
    url.searchParams.set('lock_timeout', '100');
    const migrating = migrate(url.href);
    migrating.catch(() => undefined);

    const waits = `FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND ${HERE}`;
    await until(other, `EXISTS (SELECT ${waits} AND clock_timestamp() - waitstart > interval '300 milliseconds')`);
    await other.query('SELECT pg_advisory_unlock_all()');

    expect(await migrating).toHaveLength(MIGRATIONS.length);
  });

  it('tells why it failed when it loses its connection', async () => {
    other = await holdTurn();
    const migrating = migrate(database.url);
    migrating.catch(() => undefined);
    await until(
      other,
      `(SELECT count(pg_terminate_backend(pid)) > 0 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND ${HERE})`,
    );

    await expect(migrating).rejects.toThrow('terminating connection');
  });
});
