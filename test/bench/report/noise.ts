import { medianOf } from './statistics';
import type { Row } from './summary';

/** How far rates moved between rounds that had nothing to differ by: (max - min) / median. */
export interface Noise {
  readonly usual: number;
  readonly worst: number;
}

/** By the server that always does the same. Undefined where it was not measured. */
export function noiseOf(rows: readonly Row[]): Noise | undefined {
  const spreads = rows
    .filter(({ contender }) => contender === 'b')
    .map(({ rate: { median, min, max } }) => (max - min) / median);
  return spreads.length === 0 ? undefined : { usual: medianOf(spreads), worst: Math.max(...spreads) };
}
