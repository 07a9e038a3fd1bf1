import { setTimeout as pause } from 'node:timers/promises';
import type { PlatformMode } from '../world/platform';
import type { Fault } from './fault';

const PLATFORM_MODES: readonly PlatformMode[] = ['fail', 'busy', 'hang', 'redirect', 'garbage', 'drop'];

/** What happens to the servers that the shop can do without: nobody's order or payment may notice. */
export const NEIGHBOUR_FAULTS: readonly Fault[] = [
  {
    name: 'kill -9 of Redis',
    kind: 'redis killed',
    target: 'redis',
    weight: 1,
    strike: async ({ world: { redis }, random }) => {
      await redis.kill();
      await pause(random.between(500, 2_000));
      await redis.start();
    },
  },
  {
    name: 'Redis stopped for a while',
    kind: 'redis paused',
    target: 'redis',
    weight: 1,
    strike: async ({ world: { redis }, random }) => {
      redis.pause();
      await pause(random.between(500, 3_000));
      redis.resume();
    },
  },
  {
    name: 'Redis emptied',
    kind: 'redis emptied',
    target: 'redis',
    weight: 1,
    strike: ({ world: { redis } }) => redis.flush(),
  },
  {
    name: 'Redis full',
    kind: 'redis full',
    target: 'redis',
    weight: 1,
    strike: async ({ world: { redis }, random }) => {
      await redis.refuseWrites();
      await pause(random.between(500, 2_000));
      await redis.acceptWrites();
    },
  },
  {
    name: 'wire to redis late',
    kind: 'redis wire late',
    target: 'redis',
    weight: 1,
    strike: async ({ world, instance, random }) => {
      // By more than the three seconds between two rankings: what one instance publishes arrives after what is newer.
      world.wires[instance].redis.delay(4_000);
      await pause(random.between(5_000, 8_000));
      world.wires[instance].redis.mend();
    },
  },
  ...(['redis', 'platform'] as const).flatMap((target): Fault[] => [
    {
      name: `wire to ${target} silent`,
      kind: `${target} wire silent`,
      target,
      weight: 1,
      strike: async ({ world, instance, random }) => {
        world.wires[instance][target].silence();
        await pause(random.between(500, 3_000));
        world.wires[instance][target].mend();
      },
    },
    {
      name: `wire to ${target} reset`,
      kind: `${target} wire reset`,
      target,
      weight: 1,
      strike: async ({ world, instance }) => world.wires[instance][target].reset(),
    },
  ]),
  ...PLATFORM_MODES.map(
    (mode): Fault => ({
      name: `data platform: ${mode}`,
      kind: `platform ${mode}`,
      target: 'platform',
      weight: 1,
      strike: async ({ world: { platform }, random }) => {
        platform.answerWith(mode);
        await pause(random.between(1_000, 3_000));
        platform.answerWith('accept');
      },
    }),
  ),
  {
    name: 'token issuer down',
    kind: 'issuer down',
    target: 'issuer',
    weight: 1,
    strike: async ({ world: { issuer }, random }) => {
      await issuer.goDown();
      await pause(random.between(500, 2_000));
      await issuer.comeBack();
    },
  },
  {
    name: 'keys of the token issuer rotated',
    kind: 'issuer keys rotated',
    target: 'issuer',
    weight: 1,
    strike: async ({ world: { issuer } }) => {
      await issuer.rotate();
    },
  },
];
