/** Makes all changes inside `run` one: they become visible together, or none does. */
export abstract class UnitOfWork {
  /**
   * Runs `work` in a transaction, joining the caller's when there is one. Inside: no remote call, no caught database
   * error; what is asked for without waiting reaches the database in the order in which it was asked for.
   */
  abstract run<T>(work: () => Promise<T>): Promise<T>;

  /** Calls `action` once the running transaction has been committed, and never if it is rolled back. */
  abstract afterCommit(action: () => void): void;
}
