import { nameOf, type Operation } from './operations';

/** An operation, and the place that the books give it among all of its kind. */
export interface Placed {
  readonly operation: Operation;
  readonly sequence: number;
}

/**
 * What was over before another began comes before it in the books. Tells of each operation that comes too early, naming
 * the one that should have come before it. O(n log n): only the highest place that was taken before matters.
 */
export function againstRealTime(placed: readonly Placed[], what: string): string[] {
  const bySettled = [...placed].sort((a, b) => a.operation.settled - b.operation.settled);
  const byBegan = [...placed].sort((a, b) => a.operation.began - b.operation.began);
  const problems: string[] = [];
  let last: Placed | undefined;
  let next = 0;
  for (const later of byBegan) {
    for (let other = bySettled[next]; other && other.operation.settled < later.operation.began; ) {
      if (!last || other.sequence > last.sequence) last = other;
      other = bySettled[++next];
    }
    if (!last || last.sequence < later.sequence) continue;
    problems.push(
      `${what}: ${nameOf(last.operation)} has number ${last.sequence} and was over before ` +
        `${nameOf(later.operation)} began, which has number ${later.sequence}`,
    );
  }
  return problems;
}
