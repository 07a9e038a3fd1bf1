import { setTimeout as pause } from 'node:timers/promises';

/** Milliseconds from one look to the next. */
const EVERY = 20;

/** Looks until it is so. @throws Error with what was seen last, after so many milliseconds */
export async function eventually<T>(
  look: () => T | Promise<T>,
  isIt: (seen: T) => boolean = Boolean,
  within = 15_000,
): Promise<T> {
  const deadline = Date.now() + within;
  for (;;) {
    const seen = await look();
    if (isIt(seen)) return seen;
    if (Date.now() > deadline) throw new Error(`not within ${within} ms, at the end: ${JSON.stringify(seen)}`);
    await pause(EVERY);
  }
}
