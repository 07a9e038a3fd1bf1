import type { Balance } from '../../domain/balance';

/** Driving port that this module publishes: paying from balances, inside the caller's unit of work. */
export abstract class BalanceLedger {
  /** Locks the users' balances until the unit of work ends: the last locks in the service-wide order. */
  abstract lockAll(userIds: readonly string[]): Promise<ReadonlyMap<string, Balance>>;

  /** Stores what has changed, with one line in the ledger for each change. */
  abstract saveAll(balances: Iterable<Balance>): Promise<void>;
}
