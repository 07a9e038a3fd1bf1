import { InvalidEnvException } from '@app/platform';
import { CannotStartException } from './cannot-start.exception';

/** Why a program cannot go on: what is the operator's to mend in its own words, a bug with its stack. */
export function reasonOf(error: unknown): string {
  const isTheirs = error instanceof InvalidEnvException || error instanceof CannotStartException;
  return isTheirs ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Ends a command that cannot go on. */
export function exitWith(error: unknown): never {
  process.stderr.write(`✖ ${reasonOf(error)}\n`);
  process.exit(1);
}
