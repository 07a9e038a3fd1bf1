import path from 'node:path';
import { parseArgs } from 'node:util';
import { number, whole, wrong } from '../support/programs/number-options';
import { WORK_NAMES, type WorkName } from './works';

export interface BenchOptions {
  readonly rounds: number;
  /** Seconds of one measure, and before it the seconds that are not counted. */
  readonly seconds: number;
  readonly warmUp: number;
  readonly callers: readonly number[];
  /** Whether a work may add callers of its own. */
  readonly isFull: boolean;
  readonly works: readonly WorkName[];
  /** Seconds after which no round begins that would not end in them; the first one always does. */
  readonly within: number;
  /** Where the report goes. */
  readonly out: string;
}

const FULL = {
  rounds: 5,
  seconds: 0.8,
  warmUp: 0.2,
  callers: [1, 8, 32, 64, 256],
  works: WORK_NAMES,
  within: 1_500,
};
const QUICK = {
  rounds: 2,
  seconds: 0.3,
  warmUp: 0.1,
  callers: [1, 64],
  // Of two minutes, less compiling, the audit and the farewell.
  within: 95,
  works: ['page', 'charge', 'coupon', 'order', 'order-hot', 'payment'] satisfies WorkName[],
};
const OUT = path.join('.cache', 'bench', 'report');
const MOST_CALLERS = 350;

export const HELP = `npm run bench -- [options]

  Measures the shop beside its yardsticks: in one run, in turn, over real HTTP, on servers of its own.

  --quick          ${QUICK.rounds} rounds, ${QUICK.callers.join(' and ')} callers, the works that matter most: within two minutes
  --rounds N       how often everything is measured (${FULL.rounds}); the report shows medians
  --seconds S      of one measure (${FULL.seconds})
  --callers N,...  callers at a time (${FULL.callers.join(',')})
  --only WORK,...  of ${WORK_NAMES.join(', ')}
  --out FOLDER     where the report goes (${OUT})
  --help           shows this

`;

/** @throws Error that says what is wrong and what is expected */
export function readOptions(args: readonly string[]): BenchOptions | 'help' {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { quick: flag, rounds: text, seconds: text, callers: text, only: text, out: text, help: flag },
  });
  if (values.help) return 'help';
  const usual = values.quick ? QUICK : FULL;
  return {
    rounds: values.rounds === undefined ? usual.rounds : whole('rounds', values.rounds, 1, 100),
    seconds: values.seconds === undefined ? usual.seconds : number('seconds', values.seconds, 0.1, 60),
    warmUp: usual.warmUp,
    callers: values.callers?.split(',').map((value) => whole('callers', value, 1, MOST_CALLERS)) ?? usual.callers,
    isFull: !values.quick && values.callers === undefined,
    works: values.only?.split(',').map(workNamed) ?? usual.works,
    within: values.rounds === undefined ? usual.within : Number.POSITIVE_INFINITY,
    out: values.out ?? OUT,
  };
}

function workNamed(text: string): WorkName {
  const work = WORK_NAMES.find((name) => name === text.trim());
  if (!work) throw wrong('only', text, `one of: ${WORK_NAMES.join(', ')}`);
  return work;
}
