import type { Outcome } from './outcome';

/** Something that one caller wants done. */
export interface Command {
  readonly userId: string;
}

/** A command in its batch, with the idempotency key under which it runs: the client's, else one of the lane's own. */
export type Claimed<C extends Command> = C & { readonly key: string };

/**
 * Decides a batch: one outcome a command, in the same order. Runs inside a unit of work; on a lost connection, a
 * deadlock or a poisoned neighbour it runs again, so it must take everything it knows from the commands and the database.
 */
export type Decide<C extends Command, R> = (commands: readonly Claimed<C>[]) => Promise<readonly Outcome<R>[]>;

/** Collects the callers of one use case that arrive while the previous batch is in flight. */
export interface Lane<C extends Command, R> {
  /**
   * Resolves after the commit. The result is plain JSON: a retry with the same idempotency key gets it again from storage.
   * @throws DomainException the refusal of this command
   * @throws OverloadedException when too many callers wait already
   */
  submit(command: C): Promise<R>;
}

/** Opens the lanes: one transaction in flight a lane, as many commands in it as were waiting. */
export abstract class CommandLanes {
  abstract open<C extends Command, R>(name: string, decide: Decide<C, R>): Lane<C, R>;
}
