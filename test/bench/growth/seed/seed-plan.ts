/** How often each customer orders: the orders are laid down in so many rounds, one of each customer in each. */
export const ROUNDS = 20;
/** Years that the shop has been open. */
export const YEARS = 3;
/** The share of all orders that came in the last three days, the window of the ranking. */
const BUSY_SHARE = 0.1;
const BUSY_DAYS = 3;
/** One of so many orders, the newest, waits to be paid. */
const PENDING_OF = 2_000;

export const PRODUCTS = 1_000;
export const OPTIONS = 2_000;
/** On hand of each option before the first sale. */
export const OPENING_STOCK = 10_000_000;

/** The part of the seed that a chunk of it makes: the n-th orders with `from <= n < to`, of one round. */
export interface Round {
  readonly number: number;
  readonly from: number;
  readonly to: number;
}

/** What a shop with so many orders is made of. */
export interface SeedPlan {
  readonly orders: number;
  readonly customers: number;
  /** The time at which the story ends: nothing is younger. */
  readonly end: Date;
  readonly rounds: readonly Round[];
  /** Orders before this one are spread over the years, those from it on over the busy days. */
  readonly busyFrom: number;
  readonly busyDays: number;
  /** Orders from this one on wait to be paid. */
  readonly pendingFrom: number;
  /** Steps through the customers of a round, so that neighbours in time are not neighbours by name. */
  readonly stride: number;
}

/** @throws Error when it is no multiple of the rounds */
export function planSeed(orders: number, rounds: number, end: Date): SeedPlan {
  if (!Number.isInteger(orders) || orders < rounds || orders % rounds !== 0) {
    throw new Error(`The number of orders is a multiple of ${rounds}, not ${orders}.`);
  }
  const customers = orders / rounds;
  return {
    orders,
    customers,
    end,
    rounds: Array.from({ length: rounds }, (_, number) => ({
      number,
      from: number * customers,
      to: (number + 1) * customers,
    })),
    busyFrom: Math.round(orders * (1 - BUSY_SHARE)),
    busyDays: BUSY_DAYS,
    pendingFrom: orders - Math.max(1, Math.round(orders / PENDING_OF)),
    // Prime, and of two primes one does not divide the number of customers below their product.
    stride: customers % 7_919 === 0 ? 104_729 : 7_919,
  };
}

/** The name of the i-th customer, in TypeScript as in the SQL of the seed. */
export function customerName(i: number): string {
  return `customer-${String(i).padStart(7, '0')}`;
}
