import { type BenchOptions, readOptions } from '../../bench/bench-options';
import type { Row } from '../../bench/report/summary';

/** A row of which only these members matter. */
export function row(members: Partial<Row> & Pick<Row, 'work' | 'callers' | 'contender'>, rate = 1_000): Row {
  return {
    rate: { median: rate, min: rate, max: rate },
    p50: 1,
    p99: 2,
    p999: 3,
    service: 0.9,
    postgres: 0.5,
    load: 0.2,
    memory: 100_000_000,
    commits: 1,
    knownTokens: 1,
    ...members,
  };
}

export function optionsOf(...args: string[]): BenchOptions {
  const options = readOptions(args);
  if (options === 'help') throw new Error('help was not asked for');
  return options;
}
