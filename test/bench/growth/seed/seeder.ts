import { Client } from 'pg';
import { planRound, SETTLE_ROUND } from './round-sql';
import { planSeed, ROUNDS, type SeedPlan } from './seed-plan';
import { COUNT_SALES, closeBooks, NEXT_ROUND, openShop } from './shop-sql';
import { fillTables } from './table-sql';

/** The tables that a shop fills by selling; the largest first, so that two who index them end together. */
export const GROWING_TABLES = [
  'stock_movement',
  'order_line',
  'balance_transaction',
  'orders',
  'payment',
  'idempotency_key',
  'outbox_event',
  'balance',
  'issued_coupon',
] as const;

export interface Seeding {
  readonly orders: number;
  /** Orders of each customer. */
  readonly rounds?: number;
  readonly onStep?: () => void;
}

/** Steps that a seeding takes, for whoever shows how far it is. */
export function stepsOf({ rounds }: SeedPlan): number {
  return rounds.length + 1 + GROWING_TABLES.length;
}

/**
 * Fills the empty tables of a migrated database with the story of a shop in which every invariant holds: so many orders
 * over three years, a tenth of them in the last three days. Needs a superuser: foreign keys are not looked at while the
 * rows that they ask for are being made, and indexes are made in one go at the end.
 */
export async function seed(
  url: string,
  { orders, rounds = ROUNDS, onStep = () => undefined }: Seeding,
): Promise<SeedPlan> {
  const clients = [await connect(url), await connect(url)] as const;
  const [first] = clients;
  try {
    const { rows } = await first.query<{ now: Date }>('SELECT now()::timestamptz(3) AS now');
    const plan = planSeed(orders, rounds, rows[0]!.now);
    await setIndexesAside(first);
    await runAll(first, openShop(plan));
    for (const round of plan.rounds) {
      await runAll(first, [planRound(plan, round), 'ANALYZE seed.round', SETTLE_ROUND]);
      await Promise.all(fillTables(plan, round).map((statements, i) => runAll(clients[i]!, statements)));
      await runAll(first, NEXT_ROUND);
      onStep();
    }
    await runAll(first, closeBooks(plan));
    onStep();
    await makeIndexes(clients, onStep);
    await runAll(first, [COUNT_SALES, 'ANALYZE']);
    return plan;
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined); // told to whoever waits for an answer
  await client.connect();
  await client.query(
    `SET session_replication_role = replica; SET work_mem = '256MB'; SET maintenance_work_mem = '1GB'; SET jit = off`,
  );
  return client;
}

async function runAll(client: Client, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await client.query(statement);
}

/** The indexes stay defined and are neither kept up nor used, until REINDEX makes them anew from all rows. */
async function setIndexesAside(client: Client): Promise<void> {
  await client.query(
    `UPDATE pg_index SET indisready = false, indisvalid = false WHERE indrelid::regclass::text = ANY($1)`,
    [GROWING_TABLES],
  );
}

async function makeIndexes(clients: readonly Client[], onStep: () => void): Promise<void> {
  const waiting = [...GROWING_TABLES];
  const work = async (client: Client): Promise<void> => {
    for (let table = waiting.shift(); table; table = waiting.shift()) {
      await client.query(`REINDEX TABLE ${table}`);
      await client.query(`VACUUM (ANALYZE, PARALLEL 0) ${table}`);
      onStep();
    }
  };
  await Promise.all(clients.map(work));
}
