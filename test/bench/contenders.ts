/** What is measured: the shop, and the yardsticks beside it. The letters are those of the reports. */
export const CONTENDERS = {
  shop: 'the shop as it is built for production, one process',
  a: 'the flow in raw SQL: statement by statement, unnamed, one transaction a caller, as many connections as callers',
  a2: 'the same in one round trip: a prepared call of one PL/pgSQL function',
  b: 'the same framework and HTTP adapter with a constant answer of the same size, and nothing behind it',
  c: 'the shop with batches of one (LANE_MAX_BATCH=1)',
} as const;

export type Contender = keyof typeof CONTENDERS;

/** Those that are measured over HTTP. */
export type Served = Extract<Contender, 'shop' | 'b' | 'c'>;

export const SERVED: readonly Served[] = ['shop', 'b', 'c'];

export function isServed(contender: Contender): contender is Served {
  return (SERVED as readonly Contender[]).includes(contender);
}
