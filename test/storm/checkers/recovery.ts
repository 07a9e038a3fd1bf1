import type { FaultNote } from '../history';
import type { Evidence } from './evidence';

/** Milliseconds from the end of a fault until the shop works at its usual rate. */
const LONGEST = 5_000;

/** Of fewer faults the 99th of a hundred is the slowest one: on a busy machine that says nothing about the shop. */
const ENOUGH = 100;

/** Checker 9: the shop is back soon after 99 of 100 faults. Fewer than a hundred are told and not judged. */
export function recovery({ faults }: Evidence): string[] {
  if (faults.length < ENOUGH) return [];
  const times = recoveryTimes(faults);
  const p99 = percentile(times, 0.99);
  if (p99 === undefined || p99 <= LONGEST) return [];
  const slow = faults.filter((fault) => recoveryTime(fault) > LONGEST);
  return slow.map((fault) => {
    const time = recoveryTime(fault);
    const end = Number.isFinite(time) ? `took ${Math.round(time)} ms` : 'never happened';
    return `recovery after ${fault.fault} (${fault.kind}) ended at ${Math.round(fault.healed)} ms ${end}`;
  });
}

/** Infinite where the shop was not seen to recover. */
export function recoveryTimes(faults: readonly FaultNote[]): number[] {
  return faults.map(recoveryTime);
}

/** The nearest rank; undefined of nothing. */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

function recoveryTime({ healed, recovered }: FaultNote): number {
  return recovered === undefined ? Number.POSITIVE_INFINITY : Math.max(0, recovered - healed);
}
