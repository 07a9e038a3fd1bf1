import { DEMO_PRODUCTS } from './demo-catalogue';

/** One purchase to be made up, by positions in the demo catalogue. */
export interface PlannedPurchase {
  readonly userId: string;
  readonly items: readonly { readonly product: number; readonly option: number; readonly quantity: number }[];
}

/** Purchases of different customers at one moment of the past. */
export interface PlannedMoment {
  readonly minutesAgo: number;
  readonly purchases: readonly PlannedPurchase[];
}

/** The customers of the demo shop; the first one is whom `npm start` shows a token for. */
export const DEMO_CUSTOMERS = [
  ...['kim', 'lee', 'park', 'choi', 'jung', 'kang', 'cho', 'yoon', 'jang', 'lim', 'han', 'oh', 'seo', 'shin', 'kwon'],
  ...['hwang', 'ahn', 'song', 'ryu', 'hong'],
];

const MOMENTS = 25;
const PURCHASES_A_MOMENT = 6;
const HOURS = 60;

/** The same purchases every time, spread over the last 60 hours. */
export function planDemo(): PlannedMoment[] {
  const random = seeded(168);
  return Array.from({ length: MOMENTS }, (_, moment) => ({
    minutesAgo: Math.round(((HOURS * 60) / MOMENTS) * (MOMENTS - 1 - moment) + 100 * random()) + 5,
    purchases: Array.from({ length: PURCHASES_A_MOMENT }, (_, i) => ({
      userId: DEMO_CUSTOMERS[(moment * PURCHASES_A_MOMENT + i) % DEMO_CUSTOMERS.length]!,
      items: Array.from({ length: random() < 0.4 ? 2 : 1 }, () => plannedItem(random)),
    })),
  }));
}

function plannedItem(random: () => number): PlannedPurchase['items'][number] {
  const product = popular(random);
  const { options } = DEMO_PRODUCTS[product]!;
  return { product, option: Math.floor(random() * options.length), quantity: 1 + Math.floor(random() * 3) };
}

function popular(random: () => number): number {
  let left = random() * DEMO_PRODUCTS.reduce((sum, { popularity }) => sum + popularity, 0);
  return DEMO_PRODUCTS.findIndex(({ popularity }) => {
    left -= popularity;
    return left < 0;
  });
}

/** A linear congruential generator (Numerical Recipes): the same numbers on every machine. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
