import { parseArgs } from 'node:util';
import { CannotStartException } from '../../shop/src/cannot-start.exception';
import { isDate } from './superstore-sale';

/** Which orders of a file. Days are included. */
export interface OrderRange {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly limit?: number | undefined;
}

export type ShopCommand =
  | { readonly name: 'help' }
  | { readonly name: 'demo' }
  | { readonly name: 'audit' }
  | { readonly name: 'import'; readonly file: string; readonly range: OrderRange };

export const HELP = `npm run shop -- <command>

  import FILE   loads the products of a superstore CSV file and buys its orders again
                  --from YYYY-MM-DD   orders from this day on
                  --to YYYY-MM-DD     orders until the end of this day
                  --limit N           at most N orders
  demo          fills an empty shop with a small Korean catalogue, coupons and orders
  audit         checks every invariant over all the data and repairs nothing; exit code 1 when one is violated
  help          shows this

DATABASE_URL and REDIS_URL say which shop. Without them it is the one of npm start on this machine.
`;

/** @throws CannotStartException saying what is wrong and what to type instead */
export function readArguments(args: readonly string[]): ShopCommand {
  const { values, positionals } = parsed(args);
  const [name = 'help', ...operands] = positionals;
  const options = Object.keys(values).filter((option) => option !== 'help');
  if (values.help) return { name: 'help' };
  if (name === 'import') return readImport(operands, values);
  if (name !== 'demo' && name !== 'audit' && name !== 'help') throw wrong(`There is no command "${name}"`);
  if (operands.length > 0) throw wrong(`The command ${name} takes nothing more, not "${operands[0]}"`);
  if (options.length > 0) throw wrong(`The command ${name} has no option --${options[0]}`);
  return { name };
}

interface Values {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly limit?: string | undefined;
  readonly help?: boolean | undefined;
}

function parsed(args: readonly string[]): { values: Values; positionals: string[] } {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        from: { type: 'string' },
        to: { type: 'string' },
        limit: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    const [sentence = 'The options are not right'] = (error as Error).message.split(/\.\s/);
    throw wrong(sentence.replace(/\.$/, ''));
  }
}

function readImport([file, ...more]: readonly string[], { from, to, limit }: Values): ShopCommand {
  if (!file) throw wrong('The command import needs a FILE');
  if (more.length > 0) throw wrong(`The command import takes one FILE, not also "${more[0]}"`);
  for (const [option, day] of [['--from', from] as const, ['--to', to] as const]) {
    if (day !== undefined && !isDate(day)) throw wrong(`${option} must be a day like 2014-01-31, not "${day}"`);
  }
  if (from && to && from > to) throw wrong(`--from ${from} is after --to ${to}`);
  if (limit !== undefined && !/^[1-9]\d{0,8}$/.test(limit)) {
    throw wrong(`--limit must be an integer of at least 1, not "${limit}"`);
  }
  return { name: 'import', file, range: { from, to, limit: limit === undefined ? undefined : Number(limit) } };
}

function wrong(what: string): CannotStartException {
  return new CannotStartException(`${what}. Run: npm run shop -- help`);
}
