import { setTimeout as pause } from 'node:timers/promises';
import type { TcpProxy } from '../../support/tcp-proxy';
import type { Random } from '../random';
import type { Fault } from './fault';

interface Trouble {
  readonly what: string;
  readonly weight: number;
  /** Shortest and longest, in milliseconds. */
  readonly lasts: readonly [number, number];
  begin(wire: TcpProxy, random: Random): void;
}

const TROUBLES: readonly Trouble[] = [
  { what: 'reset', weight: 2, lasts: [0, 0], begin: (wire) => wire.reset() },
  { what: 'refused', weight: 1, lasts: [500, 2_000], begin: (wire) => wire.cut() },
  { what: 'silent', weight: 1, lasts: [1_000, 5_500], begin: (wire) => wire.silence('both') },
  // What was committed is never told.
  { what: 'replies lost', weight: 2, lasts: [500, 2_500], begin: (wire) => wire.silence('toClient') },
  { what: 'requests lost', weight: 1, lasts: [500, 2_500], begin: (wire) => wire.silence('toServer') },
  { what: 'slow', weight: 1, lasts: [1_000, 3_000], begin: (wire) => wire.delay(200) },
  { what: 'in small pieces', weight: 1, lasts: [1_000, 2_000], begin: (wire) => wire.slice() },
];

/** What happens between one instance and its database. What was held back is dropped: those connections end. */
export const WIRE_FAULTS: readonly Fault[] = TROUBLES.map(({ what, weight, lasts, begin }) => ({
  name: `wire to PostgreSQL ${what}`,
  kind: `wire ${what}`,
  target: 'wire',
  weight,
  strike: async ({ world, instance, random }) => {
    const wire = world.wires[instance].postgres;
    begin(wire, random);
    await pause(random.between(...lasts));
    // Half of the time what was held back arrives late, otherwise never.
    if (random.chance(0.5)) wire.reset();
    wire.mend();
  },
}));
