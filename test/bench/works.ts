import type { Contender } from './contenders';

export interface Work {
  readonly title: string;
  readonly contenders: readonly Contender[];
  /** What is known of its callers: ten thousand customers, nobody at all, or a rush of people who come once. */
  readonly callersAre: 'anybody' | 'customers' | 'a rush';
  readonly isWrite: boolean;
  /** Callers to measure with beside those of the other works, in a full run. */
  readonly alsoWith?: readonly number[];
  /** Requests that make one of what is counted; one unless said otherwise. */
  readonly requests?: number;
  /** Where each that was done leaves one row, in a database that is measured. */
  readonly rows?: string;
}

const READ = { isWrite: false } as const;
const WRITE = { isWrite: true, contenders: ['shop', 'a', 'a2', 'b', 'c'], callersAre: 'customers' } as const;

export const WORKS = {
  page: {
    ...READ,
    title: 'product page, stock changing under it',
    contenders: ['shop', 'a', 'b'],
    callersAre: 'anybody',
  },
  product: { ...READ, title: 'product', contenders: ['shop', 'a', 'b'], callersAre: 'anybody' },
  ranking: { ...READ, title: 'ranking', contenders: ['shop', 'b'], callersAre: 'anybody' },
  balance: { ...READ, title: 'balance, 10,000 customers', contenders: ['shop', 'a', 'b'], callersAre: 'customers' },
  charge: { ...WRITE, title: 'charge, 10,000 customers', rows: `balance_transaction WHERE type = 'CHARGE'` },
  coupon: { ...WRITE, title: 'coupon issue, one hot coupon', callersAre: 'a rush', rows: 'issued_coupon' },
  order: { ...WRITE, title: 'order, two lines over 1,000 options', rows: 'orders' },
  'order-hot': { ...WRITE, title: 'order of one hot option', rows: 'orders' },
  payment: { ...WRITE, title: 'payment', rows: 'payment' },
  purchase: { ...WRITE, title: 'purchase: charge, order, pay', alsoWith: [128], requests: 3, rows: 'payment' },
} as const satisfies Readonly<Record<string, Work>>;

export type WorkName = keyof typeof WORKS;

export const WORK_NAMES = Object.keys(WORKS) as readonly WorkName[];

export function workOf(name: WorkName): Work {
  return WORKS[name];
}
