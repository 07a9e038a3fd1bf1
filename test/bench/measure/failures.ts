import type { Task } from './meter';

/** Measures that came to nothing, and why. The others go on: a report without them says so, loudly. */
export class Failures {
  readonly told: string[] = [];

  /** Undefined when it failed. */
  async among<T>({ work, contender, callers }: Task, run: () => Promise<T>): Promise<T | undefined> {
    try {
      return await run();
    } catch (error) {
      this.told.push(`${contender} at ${work} with ${callers}: ${error instanceof Error ? error.message : error}`);
      return undefined;
    }
  }
}
