import path from 'node:path';
import { parseArgs } from 'node:util';
import { number, whole } from '../../support/programs/number-options';

export interface OverloadOptions {
  /** Of each level. */
  readonly seconds: number;
  /** Times the capacity that is offered. */
  readonly levels: readonly number[];
  /** Callers of the closed loop that finds the capacity. */
  readonly callers: number;
  readonly connections: number;
  readonly out: string;
}

const USUAL: OverloadOptions = {
  seconds: 6,
  levels: [1, 2, 4, 10],
  callers: 128,
  connections: 1_000,
  out: path.join('.cache', 'bench', 'overload'),
};

export const HELP = `npm run bench:overload -- [options]

  Finds how much the shop can do, then offers it more than that: requests come at a rate of their own, whether or not
  earlier ones have been answered.

  --seconds S      of each level (${USUAL.seconds})
  --levels N,...   times the capacity (${USUAL.levels.join(',')})
  --callers N      of the closed loop that finds the capacity (${USUAL.callers})
  --connections N  over which requests are sent (${USUAL.connections})
  --out FOLDER     where the report goes (${USUAL.out})
  --help           shows this

`;

/** @throws Error that says what is wrong and what is expected */
export function readOverloadOptions(args: readonly string[]): OverloadOptions | 'help' {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: text,
      levels: text,
      callers: text,
      connections: text,
      out: text,
      help: { type: 'boolean' },
    },
  });
  if (values.help) return 'help';
  const given = (name: 'callers' | 'connections', most: number): number =>
    values[name] === undefined ? USUAL[name] : whole(name, values[name], 1, most);
  return {
    seconds: values.seconds === undefined ? USUAL.seconds : number('seconds', values.seconds, 1, 600),
    levels: values.levels?.split(',').map((level) => number('levels', level, 0.1, 100)) ?? USUAL.levels,
    callers: given('callers', 1_000),
    connections: given('connections', 10_000),
    out: values.out ?? USUAL.out,
  };
}
