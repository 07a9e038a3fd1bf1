import { parseArgs } from 'node:util';
import { number, whole, wrong } from '../support/programs/number-options';
import { GATES, type Gate, type GateName } from './gates';
import { ALL_FAULTS } from './nemesis/nemesis';

export interface StormOptions {
  readonly seconds: number;
  readonly seed: number;
  /** Operations a second that all clients begin together, at most. */
  readonly rate: number;
  /** The kinds of faults that strike; all without. */
  readonly only?: readonly string[];
  /** Ends when each kind has struck that often. */
  readonly each?: number;
  readonly gate?: Gate;
}

const RATE = 150;
const MINUTES = 5;
const FEW_MINUTES = 0.25;
const MANY_MINUTES = 24 * 60;

export const HELP = `npm run storm -- [options]

  Breaks two instances of the shop, their servers and the wires between them, while clients shop,
  and checks that nothing was lost and nothing done twice. Exit code 1 when something was.

  --minutes N       how long it rages (${MINUTES}); settling and checking come on top
  --seed S          repeats the decisions of an earlier storm
  --rate N          operations a second (${RATE})
  --only KIND,...   these kinds of faults and no others, e.g. "postgres killed,instance killed"
  --each N          ends when each kind has struck N times, or when the minutes are over
  --gate ${Object.keys(GATES).join('|')}  how much has to happen at least, and the minutes for it
  --help            shows this, and the kinds

`;

/** @throws Error that says what is wrong and what is expected */
export function readOptions(args: readonly string[], anySeed: () => number): StormOptions | 'help' {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { minutes: text, seed: text, rate: text, only: text, each: text, gate: text, help: { type: 'boolean' } },
  });
  if (values.help) return 'help';
  const gate = values.gate === undefined ? undefined : gateOf(values.gate);
  const usual = gate?.minutes ?? MINUTES;
  const minutes = values.minutes === undefined ? usual : number('minutes', values.minutes, FEW_MINUTES, MANY_MINUTES);
  const only = values.only?.split(',').map(kindOf);
  return {
    seconds: Math.round(minutes * 60),
    seed: values.seed === undefined ? anySeed() : whole('seed', values.seed, 0, 4_294_967_295),
    rate: values.rate === undefined ? RATE : whole('rate', values.rate, 1, 10_000),
    ...(only && { only }),
    ...(values.each !== undefined && { each: whole('each', values.each, 1, 10_000) }),
    ...(gate && { gate }),
  };
}

/** Every kind of fault there is. */
export function kindsOfFaults(): string[] {
  return [...new Set(ALL_FAULTS.map(({ kind }) => kind))].sort();
}

function gateOf(name: string): Gate {
  if (!Object.hasOwn(GATES, name)) throw wrong('gate', name, Object.keys(GATES).join(' or '));
  return GATES[name as GateName];
}

function kindOf(name: string): string {
  const kind = name.trim();
  if (!kindsOfFaults().includes(kind)) throw wrong('only', kind, `one of: ${kindsOfFaults().join(', ')}`);
  return kind;
}
