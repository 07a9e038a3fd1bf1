import { InvalidEnvException } from '@app/platform';

/** Ends a command that cannot go on: what is the operator's to mend in one sentence, a bug with its stack. */
export function exitWith(error: unknown): never {
  const isTheirs = error instanceof InvalidEnvException || error instanceof CannotStartException;
  const text = isTheirs ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`✖ ${text}\n`);
  process.exit(1);
}

/** The service cannot start as things are; the message says what to do. */
export class CannotStartException extends Error {}
