import type { InstanceName } from '../history';
import type { Evidence } from './evidence';

const MEGABYTE = 1_048_576;
const INSTANCES: readonly InstanceName[] = ['A', 'B'];

/** Of each of two instances: its pool, and the small one for health and relay; beside them a few of the audits. */
const MOST_CONNECTIONS = 2 * (20 + 2) + 4;

/** Checker 10: when all is quiet, nobody holds what was only needed in the storm. */
export function resources({ resources: { base, end, idleInTransaction, connections } }: Evidence): string[] {
  const ofInstances = INSTANCES.flatMap((instance) => {
    const before = base[instance];
    const after = end[instance];
    const mostMemory = before.rss * 1.5 + 200 * MEGABYTE;
    const mostFiles = before.openFiles + 64;
    return [
      ...unlessBelow(`memory of ${instance} in MB`, after.rss / MEGABYTE, mostMemory / MEGABYTE),
      ...unlessBelow(`open files of ${instance}`, after.openFiles, mostFiles),
    ];
  });
  return [
    ...ofInstances,
    ...unlessBelow('sessions that are idle in a transaction', idleInTransaction, 0),
    ...unlessBelow('sessions of the shop', connections, MOST_CONNECTIONS),
  ];
}

function unlessBelow(what: string, value: number, most: number): string[] {
  return value <= most ? [] : [`${what}: ${Math.round(value)}, and at most ${Math.round(most)} are fine`];
}
