import { type Contender, isServed } from '../contenders';
import type { Pace, Watch } from '../load/closed-loop';
import type { HttpOrder, LoadResult, SqlOrder } from '../load/orders';
import { type WorkName, workOf } from '../works';
import type { World } from '../world/world';
import { type Sample, takeSample, type Usage, usageBetween } from './sample';

/** More than anybody pays in a second: that many orders wait for payment before a second is measured. */
export const MOST_PAYMENTS = 20_000;
/** More than anybody pays in a second in a transaction of its own. */
const MOST_ALONE = 8_000;

export interface Task extends Pace {
  readonly work: WorkName;
  readonly contender: Contender;
}

export interface Measure extends LoadResult {
  readonly work: WorkName;
  readonly contender: Contender;
  readonly callers: number;
  readonly usage: Usage;
}

/**
 * Measures one contender at one work, and leaves its database ready for the next.
 * @throws Error of the first answer that was not as it should be
 */
export async function measure(world: World, task: Task, alsoTell?: Watch): Promise<Measure> {
  const { work, contender, callers } = task;
  const database = contender === 'b' ? undefined : world.databases[contender];
  const material = (await database?.prepare(needsOf(task))) ?? {
    coupon: 0,
    pending: { from: 0, to: Number.MAX_SAFE_INTEGER },
  };
  const samples: Sample[] = [];
  const tell = (moment: keyof Watch) => (): void => {
    samples.push(takeSample(world, contender));
    alsoTell?.[moment]();
  };
  const watch = { began: tell('began'), ended: tell('ended') };
  const asked = isServed(contender)
    ? world.httpLoad.ask<HttpOrder, LoadResult>(
        { ...task, contender, material, port: world.sites[contender].port },
        watch,
      )
    : world.sqlLoad.ask<SqlOrder, LoadResult>(
        { ...task, contender, material, url: world.databases[contender].url },
        watch,
      );
  const result = await asked.catch(async (error: unknown) => {
    await database?.abandon();
    throw error;
  });
  const [first, last] = samples;
  if (!first || !last) throw new Error(`${contender} has measured ${work} without telling when`);
  const usage = await usageBetween(first, last);
  await database?.settle(result.paid);
  return { ...result, work, contender, callers, usage };
}

function needsOf({ work, contender, warmUp, duration }: Task): { coupon: boolean; pending: number } {
  const seconds = (warmUp + duration) / 1_000;
  return {
    coupon: workOf(work).callersAre === 'a rush',
    pending: work === 'payment' ? Math.ceil(seconds * (contender === 'shop' ? MOST_PAYMENTS : MOST_ALONE)) : 0,
  };
}
