import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import type { Fault, Strike } from './fault';

const target = 'postgres';

/** Backends of the shop, not those of the storm itself. */
const OF_THE_SHOP = `datname = current_database() AND application_name = 'jangteo' AND pid <> pg_backend_pid()`;

const HOT_ROWS = ['product_option', 'balance', 'coupon'] as const;

/** What happens to the database server and inside of it. */
export const POSTGRES_FAULTS: readonly Fault[] = [
  {
    name: 'kill -9 of PostgreSQL',
    kind: 'postgres killed',
    target,
    weight: 3,
    strike: async ({ world: { postgres }, random }) => {
      await postgres.kill();
      await pause(random.between(0, 600));
      await postgres.start();
    },
  },
  {
    name: 'kill -9 of one backend',
    kind: 'backend killed',
    target,
    weight: 2,
    strike: async ({ world: { postgres } }) => {
      await postgres.killBackend();
      // The server ends all sessions and recovers by itself.
      await postgres.query('SELECT 1');
    },
  },
  {
    name: 'all sessions terminated',
    kind: 'sessions terminated',
    target,
    weight: 2,
    strike: async ({ world: { postgres } }) => {
      await postgres.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${OF_THE_SHOP}`);
    },
  },
  {
    name: 'PostgreSQL stopped for a while',
    kind: 'postgres paused',
    target,
    weight: 2,
    strike: async ({ world: { postgres }, random }) => {
      postgres.pause();
      // Mostly short: beyond the deadline of a transaction now and then.
      await pause(random.chance(0.2) ? random.between(4_500, 8_000) : random.between(500, 2_500));
      postgres.resume();
    },
  },
  ...(['fast', 'immediate'] as const).map(
    (mode): Fault => ({
      name: `${mode} restart of PostgreSQL`,
      kind: `postgres restarted (${mode})`,
      target,
      weight: 1,
      strike: async ({ world: { postgres } }) => {
        await postgres.stop(mode);
        await postgres.start();
      },
    }),
  ),
  {
    name: 'one checkpoint after the other',
    kind: 'checkpoints',
    target,
    weight: 1,
    strike: async ({ world: { postgres } }) => {
      for (let i = 0; i < 5; i++) await postgres.query('CHECKPOINT');
    },
  },
  {
    name: 'database read-only',
    kind: 'postgres read-only',
    target,
    weight: 1,
    strike: async ({ world: { postgres }, random }) => {
      await setReadOnly(postgres, 'on');
      await pause(random.between(500, 1_500));
      await setReadOnly(postgres, 'off');
    },
  },
  {
    name: 'all connections taken',
    kind: 'connections exhausted',
    target,
    weight: 1,
    strike: async ({ world: { postgres }, random }) => {
      // Who has a connection keeps it: the sessions are ended, so that the shop has to come back for new ones.
      const strangers = connectAll(postgres.url, 110);
      await postgres.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${OF_THE_SHOP}`);
      await pause(random.between(500, 1_500));
      for (const stranger of await strangers) await stranger.end().catch(() => undefined);
    },
  },
  {
    name: 'hot rows locked by a stranger',
    kind: 'rows locked',
    target,
    weight: 2,
    strike: lockRows,
  },
];

async function setReadOnly(postgres: Strike['world']['postgres'], value: 'on' | 'off'): Promise<void> {
  await postgres.query(`ALTER SYSTEM SET default_transaction_read_only = ${value}`);
  await postgres.query('SELECT pg_reload_conf()');
}

async function lockRows({ world: { postgres }, random }: Strike): Promise<void> {
  const table = random.pick(HOT_ROWS);
  const stranger = quietClient(postgres.url);
  await stranger.connect();
  try {
    await stranger.query('BEGIN');
    // A stranger that waited could deadlock with the shop, which never deadlocks by itself.
    await stranger.query(`SELECT FROM ${table} ORDER BY random() LIMIT 3 FOR UPDATE SKIP LOCKED`);
    await pause(random.chance(0.1) ? random.between(10_000, 30_000) : random.between(500, 4_000));
  } finally {
    await stranger.end().catch(() => undefined);
  }
}

async function connectAll(url: string, count: number): Promise<Client[]> {
  const clients = Array.from({ length: count }, () => quietClient(url));
  await Promise.all(clients.map((client) => client.connect().catch(() => undefined)));
  return clients;
}

/** A server that dies says so on an idle connection too, where nobody else would hear it. */
function quietClient(connectionString: string): Client {
  const client = new Client({ connectionString, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  return client;
}
