import { measure } from '../measure/meter';
import { publish, say } from '../report/publish';
import { type WorkName, workOf } from '../works';
import { withWorld } from '../world/with-world';
import type { World } from '../world/world';
import type { EnduranceOptions } from './endurance-options';
import { type EnduranceRun, enduranceText, isFlat, type Minute } from './endurance-report';

/** What is done in each minute, and for how many seconds. */
const MINUTE: readonly (readonly [WorkName, number])[] = [
  ['page', 10],
  ['balance', 10],
  ['purchase', 40],
];

/** From starting servers to the report; 0 when the memory is flat. */
export function runEndurance(options: EnduranceOptions, command: string): Promise<number> {
  return withWorld(0, async (world, machine) => {
    const minutes: Minute[] = [];
    for (let minute = 1; minute <= options.minutes; minute++) {
      minutes.push(await workFor(world, options.callers));
      say(`minute ${minute} of ${options.minutes}: ${Math.round(minutes.at(-1)!.memory / 1_048_576)} MB`);
    }
    const run: EnduranceRun = { options, command, machine, minutes };
    publish('endurance', run, enduranceText(run));
    return isFlat(minutes) ? 0 : 1;
  });
}

async function workFor(world: World, callers: number): Promise<Minute> {
  let answered = 0;
  let memory = 0;
  for (const [work, seconds] of MINUTE) {
    const task = { work, contender: 'shop', callers, warmUp: 0, duration: seconds * 1_000 } as const;
    const { doneInAll, usage } = await measure(world, task);
    answered += doneInAll * (workOf(work).requests ?? 1);
    memory = usage.memory;
  }
  world.sites.shop.program.assertAlive();
  return { answered, memory };
}
