import { parseArgs } from 'node:util';
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
  const minutes = numberOf('minutes', values.minutes, FEW_MINUTES, MANY_MINUTES) ?? gate?.minutes ?? MINUTES;
  const only = values.only?.split(',').map(kindOf);
  const each = wholeOf('each', values.each, 1, 10_000);
  return {
    seconds: Math.round(minutes * 60),
    seed: wholeOf('seed', values.seed, 0, 4_294_967_295) ?? anySeed(),
    rate: wholeOf('rate', values.rate, 1, 10_000) ?? RATE,
    ...(only && { only }),
    ...(each !== undefined && { each }),
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

function wholeOf(name: string, value: string | undefined, least: number, most: number): number | undefined {
  const number = numberOf(name, value, least, most);
  if (number !== undefined && !Number.isInteger(number)) throw wrong(name, value, `a whole number`);
  return number;
}

function numberOf(name: string, value: string | undefined, least: number, most: number): number | undefined {
  if (value === undefined) return undefined;
  const number = /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= least && number <= most)) throw wrong(name, value, `${least} to ${most}`);
  return number;
}

function wrong(name: string, value: string | undefined, expected: string): Error {
  return new Error(`--${name} is ${expected}, not "${value}".`);
}
