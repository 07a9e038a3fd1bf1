import type { BenchOptions } from '../bench-options';
import type { Contender } from '../contenders';
import { roundOf } from '../plan';
import { type WorkName, workOf } from '../works';
import type { World } from '../world/world';
import { measure, type Task } from './meter';
import { countStatements, type Statements } from './statements';

/** Milliseconds of each part of a rehearsal. */
const DURATION = 300;
const WARM_UP = 200;

export interface Rehearsal {
  /** Of the shop, by work and callers. */
  readonly statements: ReadonlyMap<string, Statements>;
  /** Bytes of the shop's answers. */
  readonly sizes: ReadonlyMap<WorkName, number>;
}

export function keyOf({ work, callers }: Pick<Task, 'work' | 'callers'>): string {
  return `${work} with ${callers}`;
}

/**
 * Everything once, untimed: the compilers of all processes get warm, PostgreSQL counts the shop's statements, and every
 * contender has to show that each that it says was done is in its tables.
 */
export async function rehearse(world: World, options: BenchOptions, step: () => void): Promise<Rehearsal> {
  const statements = new Map<string, Statements>();
  const sizes = new Map<WorkName, number>();
  await world.databases.shop.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
  const most = Math.max(...options.callers);
  for (const task of roundOf(options, 0)) {
    const short = { ...task, warmUp: WARM_UP, duration: DURATION };
    if (task.contender === 'shop') {
      const { pass, ...counted } = await verified(
        world,
        short,
        () => countStatements(world, short),
        (all) => all.pass.doneInAll,
      );
      statements.set(keyOf(task), counted);
      sizes.set(task.work, Math.round(pass.answerSize));
    } else if (task.callers === most) {
      await verified(
        world,
        short,
        () => measure(world, short),
        ({ doneInAll }) => doneInAll,
      );
    }
    step();
  }
  return { statements, sizes };
}

/** @throws Error when the rows are not as many more as were done */
async function verified<T>(
  world: World,
  { work, contender }: Task,
  run: () => Promise<T>,
  doneOf: (result: T) => number,
): Promise<T> {
  const before = await rowsOf(world, work, contender);
  const result = await run();
  const made = (await rowsOf(world, work, contender)) - before;
  const { rows } = workOf(work);
  if (rows !== undefined && contender !== 'b' && made !== doneOf(result)) {
    throw new Error(
      `${contender} says that ${work} was done ${doneOf(result)} times, and there are ${made} rows of it`,
    );
  }
  return result;
}

async function rowsOf({ databases }: World, work: WorkName, contender: Contender): Promise<number> {
  const { rows } = workOf(work);
  if (rows === undefined || contender === 'b') return 0;
  const [row] = await databases[contender].query<{ count: string }>(`SELECT count(*) FROM ${rows}`);
  return Number(row!.count);
}
