import type { CapacityOrder, CapacityResult, OverloadOrder, OverloadResult } from '../load/orders';
import { takeSample, usageBetween } from '../measure/sample';
import { publish, say } from '../report/publish';
import { withWorld } from '../world/with-world';
import type { World } from '../world/world';
import type { OverloadOptions } from './overload-options';
import { type Level, type OverloadRun, overloadText } from './overload-report';

/** Seconds that are not counted before each level, and before the capacity. */
const WARM_UP = 2;
/** Milliseconds that a request waits for a free connection. */
const PATIENCE = 1_000;
/** Orders that wait for payment before each part: more than are paid in one. */
const PENDING = 60_000;

/** Finds the capacity and goes beyond it, from starting servers to the report. */
export function runOverload(options: OverloadOptions, command: string): Promise<number> {
  return withWorld(PENDING, async (world, machine) => {
    say('finding the capacity');
    const capacity = await findCapacity(world, options);
    const levels: Level[] = [];
    for (const times of options.levels) {
      say(`${times}x: ${Math.round(times * capacity.rate)} requests a second`);
      levels.push(await offer(world, options, times, capacity.rate));
    }
    const run: OverloadRun = { options, command, machine, capacity, levels };
    publish('overload', run, overloadText(run));
    return 0;
  });
}

/** Twice, the first time for the compilers of all processes to get warm. */
async function findCapacity(world: World, { callers, seconds }: OverloadOptions): Promise<CapacityResult> {
  const { shop } = world.databases;
  const once = async (): Promise<CapacityResult> => {
    const result = await world.httpLoad.ask<CapacityOrder, CapacityResult>({
      kind: 'capacity',
      port: world.sites.shop.port,
      material: await shop.prepare({ coupon: false, pending: PENDING }),
      callers,
      warmUp: WARM_UP * 1_000,
      duration: seconds * 1_000,
    });
    await shop.settle(result.paid);
    return result;
  };
  await once();
  return once();
}

async function offer(world: World, options: OverloadOptions, times: number, capacity: number): Promise<Level> {
  const { shop } = world.databases;
  const material = await shop.prepare({ coupon: false, pending: PENDING });
  const first = takeSample(world, 'shop');
  const result = await world.httpLoad.ask<OverloadOrder, OverloadResult>({
    kind: 'overload',
    port: world.sites.shop.port,
    connections: options.connections,
    material,
    rate: times * capacity,
    warmUp: WARM_UP * 1_000,
    duration: options.seconds * 1_000,
    patience: PATIENCE,
  });
  const { service, postgres, load } = await usageBetween(first, takeSample(world, 'shop'));
  await shop.settle(result.paid);
  world.sites.shop.program.assertAlive();
  return { times, result, service, postgres, load };
}
