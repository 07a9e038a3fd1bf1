import type { Machine } from '../measure/machine';
import { machineText } from '../report/machine-text';
import { tableOf } from '../report/sections';
import { medianOf } from '../report/statistics';
import type { EnduranceOptions } from './endurance-options';

/** What a minute of work has come to. */
export interface Minute {
  /** Requests that were answered. */
  readonly answered: number;
  /** Bytes that the service holds at the end of it. */
  readonly memory: number;
}

export interface EnduranceRun {
  readonly options: EnduranceOptions;
  readonly command: string;
  readonly machine: Machine;
  readonly minutes: readonly Minute[];
}

/** Growth that is taken for none: the collector leaves more or less behind. */
const FLAT = 1.05;

/** How many times the memory of the second third of the minutes the last third holds, by their medians. */
export function growthOf(minutes: readonly Minute[]): number {
  const third = Math.floor(minutes.length / 3);
  const held = minutes.map(({ memory }) => memory);
  return medianOf(held.slice(-third)) / medianOf(held.slice(third, 2 * third));
}

export function isFlat(minutes: readonly Minute[]): boolean {
  return growthOf(minutes) <= FLAT;
}

export function enduranceText({ options, command, machine, minutes }: EnduranceRun): string {
  const all = minutes.reduce((sum, { answered }) => sum + answered, 0);
  return [
    `\`${command}\``,
    machineText(machine),
    `${options.callers} callers read pages and balances and buy, without a pause: ${all.toLocaleString('en-US')} requests in ${minutes.length} minutes.`,
    tableOf(
      ['minute', 'requests', 'memory of the service'],
      minutes.map(({ answered, memory }, i) => [
        String(i + 1),
        answered.toLocaleString('en-US'),
        `${Math.round(memory / 1_048_576)} MB`,
      ]),
    ),
    `The last third holds ${growthOf(minutes).toFixed(3)} times what the second third held, at most ${FLAT} is flat: ${isFlat(minutes) ? 'flat' : 'NOT flat'}.`,
  ].join('\n\n');
}
