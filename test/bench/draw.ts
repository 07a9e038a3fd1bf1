import type { Material } from './load/orders';
import { ORDERED_OPTIONS, orderedOption } from './stage';

// What callers ask for, drawn alike for the shop and for the yardsticks: otherwise they could not be compared.

/** A number from 0 on that is below the count. */
export function below(count: number): number {
  return Math.floor(Math.random() * count);
}

/** The ids of two options, never the same one twice. */
export function twoOptions(): string[] {
  const first = below(ORDERED_OPTIONS);
  const second = (first + 1 + below(ORDERED_OPTIONS - 1)) % ORDERED_OPTIONS;
  return [first, second].map(orderedOption);
}

/** The number of the order to pay after so many. @throws Error when none of those that were prepared is left */
export function nextToPay({ from, to }: Material['pending'], paid: number): number {
  const number = from + paid;
  if (number >= to) throw new Error(`all ${to - from} orders that were prepared are paid: measure for a shorter time`);
  return number;
}
