/** One place of the ranking; price in won, of the cheapest option when the ranking was made. */
export interface RankedProduct {
  readonly rank: number;
  readonly productId: string;
  readonly name: string;
  readonly price: number;
  readonly soldQuantity: number;
}

/** The best-selling products of a window of time, as they were when it was made. Plain JSON: this is what is kept and served. */
export interface Ranking {
  readonly generatedAt: string;
  readonly window: { readonly from: string; readonly to: string };
  readonly items: readonly RankedProduct[];
}

/** Milliseconds of sales that count: 72 hours. */
export const WINDOW = 72 * 60 * 60 * 1_000;

/** Places in the ranking. */
export const PLACES = 5;
