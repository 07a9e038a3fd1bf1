import os from 'node:os';
import path from 'node:path';
import { withEnding } from '../../support/programs/with-ending';
import { describeMachine, type Machine } from '../measure/machine';
import { say } from '../report/publish';
import { openWorld, type World } from './world';

/** Below the project, where its packages are found. */
const FOLDER = path.join('.cache', 'bench');

/**
 * For what is done in a world of its own, on a machine that was looked at before; nothing of the world is kept.
 * `pending`: how many orders are to wait for payment in each database.
 */
export function withWorld<T>(pending: number, work: (world: World, machine: Machine) => Promise<T>): Promise<T> {
  return withEnding(async (ending) => {
    const [busyBefore = 0] = os.loadavg();
    const dir = path.resolve(FOLDER, String(process.pid));
    const world = await openWorld({ dir, pending, tell: say }, ending);
    return work(world, await describeMachine(dir, world.databases.shop, busyBefore));
  });
}
