import type { Watch } from '../load/closed-loop';
import { workOf } from '../works';
import type { World } from '../world/world';
import { type Measure, measure, type Task } from './meter';

/** What one that is done costs the database. */
export interface Statements {
  /** Statements, BEGIN and COMMIT included. */
  readonly each: number;
  /** Commands decided in one transaction, on average; null of reads. */
  readonly batch: number | null;
}

const ON = [`ALTER SYSTEM SET compute_query_id = on`, `ALTER SYSTEM SET pg_stat_statements.track = 'top'`];
const OFF = [`ALTER SYSTEM SET pg_stat_statements.track = 'none'`, 'ALTER SYSTEM SET compute_query_id = off'];
const RELOAD = 'SELECT pg_reload_conf()';

/** Each batch claims its keys in one statement. */
const COUNT = `
  SELECT COALESCE(sum(calls), 0) AS calls,
         COALESCE(sum(calls) FILTER (WHERE query ILIKE '%insert into idempotency_key%'), 0) AS batches
    FROM pg_stat_statements
   WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
     AND query NOT LIKE '%pg_snapshot_xmax%' AND query NOT LIKE '%pg_stat_statements%'`;

/** A measure that is no measure of speed, for PostgreSQL counts its statements meanwhile. */
export async function countStatements(world: World, task: Task): Promise<Statements & { readonly pass: Measure }> {
  const { shop } = world.databases;
  let counted: Promise<{ calls: string; batches: string }[]> = Promise.resolve([]);
  const watch: Watch = {
    began: () => void shop.query('SELECT pg_stat_statements_reset()'),
    ended: () => {
      counted = shop.query(COUNT);
    },
  };
  for (const statement of [...ON, RELOAD]) await shop.query(statement);
  let pass: Measure;
  try {
    pass = await measure(world, task, watch);
  } finally {
    for (const statement of [...OFF, RELOAD]) await shop.query(statement);
  }
  const [count] = await counted;
  const batches = Number(count?.batches ?? 0);
  const { requests = 1, isWrite } = workOf(task.work);
  return {
    each: Number(count?.calls ?? 0) / Math.max(1, pass.done),
    batch: !isWrite || batches === 0 ? null : (requests * pass.done) / batches,
    pass,
  };
}
