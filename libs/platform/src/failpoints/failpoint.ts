/**
 * The points at which a crash hurts, in the order in which a write passes them: before its transaction begins, with all
 * locks held, with COMMIT on its way, with the answer unsent; and those of an event: before it is relayed, and when it
 * was sent and not yet marked.
 */
export type Failpoint = 'before-begin' | 'before-commit' | 'commit-sent' | 'before-answer' | 'before-relay' | 'sent';

/** What is lost when a process dies at a point: its end of a connection. */
interface Connection {
  destroy(): unknown;
}

/**
 * Does nothing. The storm test runs a copy of the build in which this file is another one, that can be told to cut the
 * connection, to throw or to kill the process here; that one refuses to be loaded in production.
 */
export function failpoint(_at: Failpoint, _connection?: Connection): void {}
