import type { BenchOptions } from '../bench-options';
import type { Contender } from '../contenders';
import { roundOf } from '../plan';
import { type WorkName, workOf } from '../works';
import type { World } from '../world/world';
import type { Failures } from './failures';
import { measure, type Task } from './meter';
import { countStatements, type Statements } from './statements';

/** Milliseconds of each part of a rehearsal. */
const DURATION = 300;
/**
 * Before it as long as that many measures warm up: many where compilers have much to learn, and only with most callers, who
 * teach them fastest.
 */
const WARM_UPS: Readonly<Record<Contender, number>> = { shop: 7.5, c: 5, a: 1, a2: 1, b: 2.5 };
const NO_WARM_UP = 100;

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
export async function rehearse(
  world: World,
  options: BenchOptions,
  failures: Failures,
  step: () => void,
): Promise<Rehearsal> {
  const statements = new Map<string, Statements>();
  const sizes = new Map<WorkName, number>();
  await world.databases.shop.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
  const most = Math.max(...options.callers);
  for (const task of roundOf(options, 0)) {
    const isWarmUp = task.callers === most;
    const short = {
      ...task,
      warmUp: isWarmUp ? WARM_UPS[task.contender] * task.warmUp : NO_WARM_UP,
      duration: DURATION,
    };
    if (task.contender === 'shop') {
      const counted = await failures.among(task, () =>
        verified(
          world,
          short,
          () => countStatements(world, short),
          ({ pass }) => pass.doneInAll,
        ),
      );
      if (counted) {
        const { pass, ...count } = counted;
        statements.set(keyOf(task), count);
        sizes.set(task.work, Math.round(pass.answerSize));
      }
    } else if (isWarmUp) {
      await failures.among(task, () =>
        verified(
          world,
          short,
          () => measure(world, short),
          ({ doneInAll }) => doneInAll,
        ),
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
