import { Ending } from './ending';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** For work that starts things: nothing of it is left, running or in a folder, not even when a person ends it early. */
export async function withEnding<T>(work: (ending: Ending) => Promise<T>): Promise<T> {
  const ending = new Ending();
  const stop = (): void => void ending.run().then(() => process.exit(130));
  for (const signal of SIGNALS) process.once(signal, stop);
  try {
    return await work(ending);
  } finally {
    await ending.run();
    for (const signal of SIGNALS) process.off(signal, stop);
  }
}
