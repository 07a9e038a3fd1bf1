import type { Contender } from '../contenders';
import { WORK_NAMES, type WorkName, workOf } from '../works';
import { beside, type Row } from './summary';

export interface Verdict {
  readonly what: string;
  readonly wanted: string;
  /** Undefined where it was not measured. */
  readonly reached: number | undefined;
  readonly ok: boolean;
}

interface Goal {
  readonly what: string;
  readonly limit: number;
  /** Whether the limit is one from above. */
  readonly isMost?: boolean;
  value(rows: readonly Row[]): number | undefined;
}

/** With how many callers, unless the goal says otherwise. */
const MANY = 64;

/** The shop's rate over that of a yardstick at the same work with as many callers. */
function times(work: WorkName, yardstick: Contender, limit: number, callers = MANY): Goal {
  return {
    what: `${workOf(work).title}, ${callers} ${callers === 1 ? 'caller' : 'callers'}: x ${yardstick}`,
    limit,
    value: (rows) => rateOf(rows, work, callers, 'shop') / rateOf(rows, work, callers, yardstick),
  };
}

function againstItself(work: WorkName): Goal {
  return {
    what: `${workOf(work).title}: 256 callers over 64`,
    limit: 1,
    value: (rows) => rateOf(rows, work, 256, 'shop') / rateOf(rows, work, MANY, 'shop'),
  };
}

function evenness(work: WorkName): Goal {
  return {
    what: `${workOf(work).title}, ${MANY} callers: p99 over p50`,
    limit: 4,
    isMost: true,
    value: (rows) => {
      const row = beside(rows, { work, callers: MANY }, 'shop');
      return row && row.p99 / row.p50;
    },
  };
}

const HOT: Goal = {
  what: `order of one hot option over orders of 1,000 options, ${MANY} callers`,
  limit: 0.8,
  value: (rows) => rateOf(rows, 'order-hot', MANY, 'shop') / rateOf(rows, 'order', MANY, 'shop'),
};

const WRITES = WORK_NAMES.filter((name) => workOf(name).isWrite && name !== 'purchase');
const READS = WORK_NAMES.filter((name) => !workOf(name).isWrite);

export const GOALS: readonly Goal[] = [
  times('coupon', 'a', 12),
  times('coupon', 'a2', 6),
  times('coupon', 'b', 0.6),
  times('order-hot', 'a', 10),
  times('order-hot', 'a2', 5),
  HOT,
  times('order', 'a', 3),
  times('order', 'a2', 1.2),
  times('payment', 'a', 4),
  times('payment', 'a2', 1.3),
  times('charge', 'a', 2.5),
  times('charge', 'a2', 0.7),
  times('coupon', 'c', 8),
  times('order-hot', 'c', 8),
  ...WRITES.map(againstItself),
  ...WRITES.flatMap((work) => [times(work, 'c', 0.9, 1), times(work, 'a', 0.6, 1)]),
  ...READS.map((work) => times(work, 'b', 0.8)),
  times('purchase', 'a', 4, 128),
  ...WORK_NAMES.map(evenness),
];

/** What was reached of each goal; of those that were not measured, nothing. */
export function judge(rows: readonly Row[], goals = GOALS): Verdict[] {
  return goals.map(({ what, limit, isMost = false, value }) => {
    const number = value(rows);
    const reached = Number.isFinite(number) ? number : undefined;
    const ok = reached !== undefined && (isMost ? reached <= limit : reached >= limit);
    return { what, wanted: `${isMost ? 'at most' : 'at least'} ${limit}`, reached, ok };
  });
}

/** Not a number where it was not measured. */
function rateOf(rows: readonly Row[], work: WorkName, callers: number, contender: Contender): number {
  return beside(rows, { work, callers }, contender)?.rate.median ?? Number.NaN;
}
