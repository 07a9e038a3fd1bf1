import path from 'node:path';
import { parseArgs } from 'node:util';
import { whole } from '../../support/programs/number-options';

export interface EnduranceOptions {
  readonly minutes: number;
  readonly callers: number;
  readonly out: string;
}

const USUAL: EnduranceOptions = { minutes: 30, callers: 32, out: path.join('.cache', 'bench', 'endurance') };

export const HELP = `npm run bench:endurance -- [options]

  Lets the shop work without a pause and looks at its memory once a minute: what it holds at the end must not be more
  than what it held when it was warm.

  --minutes N      (${USUAL.minutes}), at least 6
  --callers N      at a time (${USUAL.callers})
  --out FOLDER     where the report goes (${USUAL.out})
  --help           shows this

`;

/** @throws Error that says what is wrong and what is expected */
export function readEnduranceOptions(args: readonly string[]): EnduranceOptions | 'help' {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { minutes: text, callers: text, out: text, help: { type: 'boolean' } },
  });
  if (values.help) return 'help';
  const given = (name: 'minutes' | 'callers', least: number, most: number): number =>
    values[name] === undefined ? USUAL[name] : whole(name, values[name], least, most);
  return {
    minutes: given('minutes', 6, 600),
    callers: given('callers', 1, 256),
    out: values.out ?? USUAL.out,
  };
}
