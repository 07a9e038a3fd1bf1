import type { BenchOptions } from './bench-options';
import type { Task } from './measure/meter';
import { workOf } from './works';

/**
 * All measures of one round. Contenders come in turn, so that a slow minute of the machine meets all of them; each
 * round begins with another one, so that nobody always comes after the same.
 */
export function roundOf({ works, callers, seconds, warmUp, isFull }: BenchOptions, round: number): Task[] {
  return works.flatMap((work) => {
    const { contenders, alsoWith = [] } = workOf(work);
    const counts = [...new Set([...callers, ...(isFull ? alsoWith : [])])].sort((a, b) => a - b);
    return counts.flatMap((count) =>
      rotated(contenders, round).map((contender) => ({
        work,
        contender,
        callers: count,
        warmUp: warmUp * 1_000,
        duration: seconds * 1_000,
      })),
    );
  });
}

function rotated<T>(values: readonly T[], by: number): T[] {
  const start = by % values.length;
  return [...values.slice(start), ...values.slice(0, start)];
}
