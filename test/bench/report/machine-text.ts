import type { Machine } from '../measure/machine';
import { percent } from './figures';
import type { Noise } from './noise';

/** Processes, on average, above which others work here too. */
const BUSY = 0.8;

/** What has to be known of the machine to read figures. */
export function machineText(
  { cores, processor, memory, system, node, postgres, flush, busyBefore }: Machine,
  noise?: Noise,
): string {
  const { server_version: version, ...settings } = postgres;
  const said = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
  const moved = noise
    ? `between rounds yardstick b moved by ${percent(noise.usual)} usually and by ${percent(noise.worst)} at worst ((max - min) / median)`
    : 'not measured';
  return [
    `Machine: ${cores} cores of ${processor}, ${memory} GiB, ${system}, Node ${node}, PostgreSQL ${version} (${said.join(', ')}).`,
    `Load generator, service and database share the cores. 8 kB are on the disk in ${Math.round(flush)} us (fdatasync, median).`,
    `Noise: ${moved}. Before the run ${busyBefore.toFixed(1)} processes wanted a processor.`,
    ...(busyBefore > BUSY ? ['**The machine was busy before the run began: the figures say little.**'] : []),
  ].join('\n');
}
