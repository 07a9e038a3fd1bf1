import type { StockedOption } from '../../domain/stocked-option';

/** Driving port that this module publishes: taking from stock and giving back, inside the caller's unit of work. */
export abstract class StockRoom {
  /**
   * Locks the options until the unit of work ends, in ascending order of id whatever order they are asked in, so that
   * two callers never wait for each other. By option id; ids that name no option are not in it.
   */
  abstract lockAll(optionIds: readonly string[]): Promise<ReadonlyMap<string, StockedOption>>;

  /** Stores what has changed, and appends the movements to the stock ledger. */
  abstract saveAll(options: Iterable<StockedOption>): Promise<void>;
}
