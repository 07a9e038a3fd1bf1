import type { Contender } from '../contenders';
import type { Measure } from '../measure/meter';
import type { WorkName } from '../works';
import { medianOf, type Spread, spreadOf } from './statistics';

/** All rounds of one contender at one work with so many callers: medians unless said otherwise. */
export interface Row {
  readonly work: WorkName;
  readonly callers: number;
  readonly contender: Contender;
  /** Done a second. */
  readonly rate: Spread;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  /** Shares of one processor. */
  readonly service: number;
  readonly postgres: number;
  readonly load: number;
  /** Bytes. */
  readonly memory: number;
  /** Transactions that wrote, for each that was done. */
  readonly commits: number;
  readonly knownTokens: number;
}

export function summarize(measures: readonly Measure[]): Row[] {
  const groups = new Map<string, Measure[]>();
  for (const measure of measures) {
    const name = `${measure.work}/${measure.callers}/${measure.contender}`;
    groups.set(name, [...(groups.get(name) ?? []), measure]);
  }
  return [...groups.values()].map(rowOf);
}

function rowOf(rounds: readonly Measure[]): Row {
  const { work, callers, contender } = rounds[0]!;
  const median = (of: (round: Measure) => number): number => medianOf(rounds.map(of));
  return {
    work,
    callers,
    contender,
    rate: spreadOf(rounds.map(({ done, seconds }) => done / seconds)),
    p50: median(({ p50 }) => p50),
    p99: median(({ p99 }) => p99),
    p999: median(({ p999 }) => p999),
    service: median(({ usage }) => usage.service),
    postgres: median(({ usage }) => usage.postgres),
    load: median(({ usage }) => usage.load),
    memory: median(({ usage }) => usage.memory),
    commits: median(({ usage, done }) => usage.commits / Math.max(1, done)),
    knownTokens: median(({ knownTokens }) => knownTokens),
  };
}

/** The row of a contender beside another one; undefined where it was not measured. */
export function beside(rows: readonly Row[], { work, callers }: Pick<Row, 'work' | 'callers'>, contender: Contender) {
  return rows.find((row) => row.work === work && row.callers === callers && row.contender === contender);
}
