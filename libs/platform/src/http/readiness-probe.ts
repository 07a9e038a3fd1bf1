/** What is late is old, and serves all the same. */
export type Health = 'up' | 'late' | 'down';

/** Says what this instance needs to serve and whether it is there. What it can do without, such as Redis, is no part of it. */
export abstract class ReadinessProbe {
  /** Answers within a second and never rejects for something that is down. */
  abstract check(): Promise<Record<string, Health>>;
}
