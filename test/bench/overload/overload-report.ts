import { CLASSES, MIX } from '../load/mix';
import type { CapacityResult, OverloadResult } from '../load/orders';
import type { Machine } from '../measure/machine';
import { count, percent } from '../report/figures';
import { machineText } from '../report/machine-text';
import { tableOf } from '../report/sections';
import type { OverloadOptions } from './overload-options';

export interface Level {
  /** Times the capacity. */
  readonly times: number;
  readonly result: OverloadResult;
  /** Shares of one processor. */
  readonly service: number;
  readonly postgres: number;
  readonly load: number;
}

export interface OverloadRun {
  readonly options: OverloadOptions;
  readonly command: string;
  readonly machine: Machine;
  readonly capacity: CapacityResult;
  readonly levels: readonly Level[];
}

/** Goodput of all classes: accepted answers a second. */
export function goodputOf({ arrived, seconds }: OverloadResult): number {
  return CLASSES.reduce((sum, name) => sum + arrived[name], 0) / seconds;
}

/** Worst 99th percentile, over the classes, of what was accepted. */
export function acceptedP99Of({ classes }: OverloadResult): number {
  return Math.max(...CLASSES.map((name) => classes[name].acceptedP99));
}

export function overloadText({ options, command, machine, capacity, levels }: OverloadRun): string {
  const mix = MIX.map(({ work, share }) => `${work} ${share} %`).join(', ');
  return [
    `\`${command}\``,
    machineText(machine),
    [
      `Capacity: ${count(capacity.rate)} accepted a second by ${options.callers} callers in a closed loop (p50 ${ms(capacity.p50)},`,
      `p99 ${ms(capacity.p99)} ms; ${percent(capacity.refused)} refused). The mix: ${mix}.`,
      `Then requests come at a multiple of that rate for ${options.seconds} s, over ${options.connections} connections; latency counts from the`,
      'moment at which a request was due. One that finds no free connection for a second is not sent: that is more than the',
      'load generator could offer beside the service on the same cores.',
    ].join('\n'),
    tableOf(
      [
        'offered',
        'due a second',
        'sent a second',
        'goodput',
        'of capacity',
        ...CLASSES.map((name) => `goodput ${name}`),
        ...CLASSES.map((name) => `shed ${name}`),
        'accepted p50 ms',
        'accepted p99 ms (worst class)',
        'refused p99 ms',
        'CPU shop + PostgreSQL + load',
      ],
      levels.map(({ times, result, service, postgres, load }) => {
        const { classes, seconds, wanted, unsent, arrived } = result;
        const goodput = goodputOf(result);
        return [
          `${times}x`,
          count(wanted / seconds),
          count((wanted - unsent) / seconds),
          count(goodput),
          (goodput / capacity.rate).toFixed(2),
          ...CLASSES.map((name) => count(arrived[name] / seconds)),
          ...CLASSES.map((name) => percent(shedOf(classes[name]))),
          CLASSES.map((name) => ms(classes[name].acceptedP50)).join(' / '),
          CLASSES.map((name) => ms(classes[name].acceptedP99)).join(' / '),
          ms(Math.max(...CLASSES.map((name) => classes[name].refusedP99))),
          [service, postgres, load].map(percent).join(' + '),
        ];
      }),
    ),
    goalText(capacity, levels),
    codesText(levels),
  ].join('\n\n');
}

function goalText({ rate }: CapacityResult, levels: readonly Level[]): string {
  const last = levels.at(-1);
  if (!last) return 'No level was measured.';
  const share = goodputOf(last.result) / rate;
  const p99 = acceptedP99Of(last.result);
  return [
    `Goals at ${last.times}x: goodput at least 0.9 of capacity: ${share.toFixed(2)}, ${share >= 0.9 ? 'reached' : 'NOT reached'};`,
    `accepted p99 below 250 ms: ${ms(p99)}, ${p99 < 250 ? 'reached' : 'NOT reached'}.`,
  ].join(' ');
}

/** What refusals say: only OVERLOADED is shedding, anything else is a failure that was found out late. */
function codesText(levels: readonly Level[]): string {
  const lines = levels.map(({ times, result }) => {
    const codes = Object.entries(result.codes).map(([code, times_]) => `${code} ${count(times_)}`);
    return `${times}x: ${codes.join(', ') || 'none'}`;
  });
  return `Codes of the refusals: ${lines.join('; ')}.`;
}

function shedOf({ accepted, refused }: { accepted: number; refused: number }): number {
  return refused / Math.max(1, accepted + refused);
}

function ms(value: number): string {
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}
