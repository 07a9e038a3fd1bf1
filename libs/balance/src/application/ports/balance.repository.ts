import type { Money, Page, PageRequest } from '@app/shared';
import type { Balance, BalanceTransaction } from '../../domain/balance';

/** Driven port: where balances and their ledger are kept. */
export abstract class BalanceRepository {
  /** What the user holds by the last commit; null for a user never seen. Writes nothing. */
  abstract find(userId: string): Promise<Money | null>;

  /** Locks the users' balances until the unit of work ends, in ascending order, opening empty ones on first use. */
  abstract lockAll(userIds: readonly string[]): Promise<ReadonlyMap<string, Balance>>;

  /** Stores what has changed, and appends the changes to the ledger. */
  abstract saveAll(balances: Iterable<Balance>): Promise<void>;

  /** The user's ledger, newest first. */
  abstract transactionsOf(userId: string, page: PageRequest): Promise<Page<BalanceTransaction>>;
}
