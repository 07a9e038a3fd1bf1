import { setTimeout as pause } from 'node:timers/promises';
import { FAILPOINTS } from './failpoints';
import type { Fault } from './fault';

const target = 'instance';

/** What an instance may take to leave, in milliseconds. */
const LONGEST_SHUTDOWN = 10_000;
/** An armed point that nobody passes: the instance is idle, which is no fault. */
const LONGEST_WAIT_FOR_DEATH = 3_000;
const MINUTE = 60_000;

/** What happens to one instance of the service; the other one goes on. */
export const INSTANCE_FAULTS: readonly Fault[] = [
  {
    name: 'kill -9 of an instance',
    kind: 'instance killed',
    target,
    weight: 3,
    strike: async ({ world, instance, random }) => {
      await world.instances[instance].kill();
      await pause(random.between(0, 500));
      await world.instances[instance].start();
    },
  },
  {
    name: 'kill -9 at a failpoint',
    kind: 'instance killed at a failpoint',
    target,
    weight: 3,
    strike: async ({ world, instance, random }) => {
      const victim = world.instances[instance];
      victim.arm(random.pick(FAILPOINTS), 'kill');
      const deadline = performance.now() + LONGEST_WAIT_FOR_DEATH;
      while (victim.isRunning && performance.now() < deadline) await pause(20);
      if (victim.isRunning) await victim.kill();
      await victim.start();
    },
  },
  {
    name: 'SIGTERM to an instance',
    kind: 'instance terminated',
    target,
    weight: 2,
    strike: async ({ world, instance, report }) => {
      const { milliseconds, code } = await world.instances[instance].terminate();
      if (milliseconds > LONGEST_SHUTDOWN) report(`instance ${instance} took ${Math.round(milliseconds)} ms to leave`);
      if (code !== 0) report(`instance ${instance} left with ${code} after SIGTERM`);
      await world.instances[instance].start();
    },
  },
  {
    name: 'instance stopped for a while',
    kind: 'instance paused',
    target,
    weight: 2,
    strike: async ({ world, instance, random }) => {
      world.instances[instance].pause();
      await pause(random.chance(0.2) ? random.between(5_000, 8_000) : random.between(500, 2_500));
      world.instances[instance].resume();
    },
  },
  {
    name: 'clock of an instance wrong by ten minutes',
    kind: 'clock skewed',
    target,
    weight: 1,
    strike: async ({ world, instance, random }) => {
      world.instances[instance].skewClock(random.pick([-10 * MINUTE, 10 * MINUTE]));
      await pause(random.between(1_000, 3_000));
      world.instances[instance].skewClock(0);
    },
  },
];
