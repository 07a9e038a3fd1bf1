import { WRITES } from '../history';
import { CHECKERS } from './checkers';
import { effectFindings } from './effects';
import type { Evidence } from './evidence';
import { openOperations } from './open';
import { operationsOf } from './operations';
import { percentile, recoveryTimes } from './recovery';

export interface CheckerVerdict {
  readonly number: number;
  readonly name: string;
  readonly problems: readonly string[];
}

/** What a storm was, in numbers, and what is wrong after it. */
export interface Verdict {
  /** Whether nothing is wrong. */
  readonly ok: boolean;
  /** Writes with an outcome and reads with an answer. */
  readonly operations: number;
  readonly writes: number;
  readonly reads: number;
  readonly noise: number;
  readonly calls: number;
  readonly faults: number;
  readonly faultsByKind: Readonly<Record<string, number>>;
  /** Writes that had a call without a definite answer, and got one by asking again. */
  readonly unknownResolved: number;
  /** Answers that were marked as replays. */
  readonly replays: number;
  /** Acknowledged and not in the books. */
  readonly lost: number;
  /** More than once in the books. */
  readonly double: number;
  /** In the books, though it was refused or nobody wanted it. */
  readonly unasked: number;
  /** Writes of which nobody knows whether they happened. */
  readonly open: number;
  /** Answers of 500. */
  readonly bugs: number;
  /** Answers of 5xx by code. */
  readonly unavailable: Readonly<Record<string, number>>;
  /** Milliseconds; infinite when the shop was not seen to recover, undefined without faults. */
  readonly recovery: { readonly p50: number | undefined; readonly p99: number | undefined };
  readonly auditRuns: number;
  readonly violations: number;
  readonly checkers: readonly CheckerVerdict[];
}

export function verdictOf(evidence: Evidence): Verdict {
  const { calls, faults, audits } = evidence;
  const operations = operationsOf(evidence);
  const writes = operations.filter(({ action }) => WRITES.has(action));
  const noise = operations.filter(({ action }) => action === 'noise').length;
  const others = operations.filter(({ action }) => !WRITES.has(action) && action !== 'noise');
  const definite = writes.filter(({ outcome }) => outcome !== 'open');
  const reads = others.filter(({ outcome }) => outcome !== 'open').length;
  const kinds = effectFindings(evidence).map(({ kind }) => kind);
  const failed = calls.filter(({ status = 0 }) => status >= 500);
  const times = recoveryTimes(faults);
  const checkers = CHECKERS.map(({ number, name, check }) => ({ number, name, problems: check(evidence) }));
  return {
    ok: checkers.every(({ problems }) => problems.length === 0),
    operations: definite.length + reads,
    writes: definite.length,
    reads,
    noise,
    calls: calls.length,
    faults: faults.length,
    faultsByKind: countsOf(faults.map(({ kind }) => kind)),
    unknownResolved: definite.filter((write) => write.calls.some(({ verdict }) => verdict === 'unknown')).length,
    replays: calls.filter(({ replayed }) => replayed).length,
    lost: kinds.filter((kind) => kind === 'lost').length,
    double: kinds.filter((kind) => kind === 'double').length,
    unasked: kinds.filter((kind) => kind === 'unasked').length,
    open: openOperations(evidence).length,
    bugs: failed.filter(({ status }) => status === 500).length,
    unavailable: countsOf(failed.map(({ code, status }) => code ?? String(status))),
    recovery: { p50: percentile(times, 0.5), p99: percentile(times, 0.99) },
    auditRuns: audits.length,
    violations: audits.flatMap(({ checks }) => checks).reduce((sum, { violations }) => sum + violations, 0),
    checkers,
  };
}

/** How many of each, most first. */
function countsOf(names: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a, more], [b, less]) => less - more || (a < b ? -1 : 1)));
}
