import { InvalidEnvException } from '@app/platform';
import { CannotStartException } from './cannot-start.exception';

/** Ends a command that cannot go on: what is the operator's to mend in its own words, a bug with its stack. */
export function exitWith(error: unknown): never {
  const isTheirs = error instanceof InvalidEnvException || error instanceof CannotStartException;
  const text = isTheirs ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`✖ ${text}\n`);
  process.exit(1);
}
