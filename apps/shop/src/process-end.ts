import type { Logger } from '@nestjs/common';

/** Milliseconds from the beginning of the end until the process is over in any case. */
const LIMIT = 10_000;

/** When nobody caught an error, nor the one of a promise that nobody awaits: nobody knows what state it left behind. */
export function onUncaught(logger: Logger, end: () => void): void {
  process.on('uncaughtException', (error) => {
    logger.fatal({ msg: 'An error that nobody caught: this process ends', err: error });
    end();
  });
}

/**
 * Ends this process with the exit code that `stop` comes to: with 1 when it fails, or takes longer than ten seconds.
 * `giveUp`: what is left to do at once when it does.
 */
export async function endProcess(logger: Logger, stop: () => Promise<number>, giveUp = () => {}): Promise<void> {
  setTimeout(() => {
    logger.fatal(`It did not end within ${LIMIT / 1_000} s: it ends now`);
    giveUp();
    process.exit(1);
  }, LIMIT);
  try {
    process.exit(await stop());
  } catch (error) {
    logger.fatal({ msg: 'The shop did not end as it should', err: error });
    process.exit(1);
  }
}
