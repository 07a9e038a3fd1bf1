import path from 'node:path';
import { parseArgs } from 'node:util';
import { whole, wrong } from '../../support/programs/number-options';
import { ROUNDS } from './seed/seed-plan';

export interface GrowthOptions {
  /** Orders of each shop that is grown and measured, in this order. */
  readonly sizes: readonly number[];
  /** Where the figures go, as JSON. */
  readonly out: string;
  /** Leaves the data of each shop where it is. */
  readonly keep: boolean;
}

const SIZES = '10000,1000000,10000000';
const OUT = path.join('.cache', 'growth', 'growth.json');
/** A hundred times what fits on 25 GB: more is a slip of the finger. */
const MOST = 1_000_000_000;

export const HELP = `npm run bench:growth -- [options]

  Grows a shop to so many orders, measures its flows, its ranking and its audit, and throws it away; one shop after
  another. Ten million orders take 25 GB of disk and, on two cores, well over half an hour.

  --orders N,...   how many (${SIZES}); multiples of ${ROUNDS}
  --out FILE       where the figures go (${OUT})
  --keep           leaves the data in .cache/growth, where the next run finds it
  --help           shows this

`;

/** @throws Error that says what is wrong and what is expected */
export function readGrowthOptions(args: readonly string[]): GrowthOptions | 'help' {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values } = parseArgs({ args: [...args], options: { orders: text, out: text, keep: flag, help: flag } });
  if (values.help) return 'help';
  return { sizes: (values.orders ?? SIZES).split(',').map(sizeOf), out: values.out ?? OUT, keep: values.keep ?? false };
}

function sizeOf(text: string): number {
  const size = whole('orders', text.replaceAll('_', ''), ROUNDS, MOST);
  if (size % ROUNDS !== 0) throw wrong('orders', text, `a multiple of ${ROUNDS}`);
  return size;
}
