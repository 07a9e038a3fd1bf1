/** How the primary tells a worker to end: as if it had got that signal itself. */
export interface EndOrder {
  readonly end: 'SIGTERM' | 'SIGINT';
}

/** What a worker tells the primary once: where it listens, or why it cannot start. */
export interface Report {
  readonly listening?: string;
  readonly failed?: string;
}

/** The argument of the worker that also has the jobs. */
export const WITH_JOBS = 'jobs';
