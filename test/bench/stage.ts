/** What every database of the benchmark holds when it begins. Ids are computed: no process has to be told them. */
export const PRODUCTS = 1_000;
export const OPTIONS = 2 * PRODUCTS;
/** Of each product the first option is ordered; the second of the first product is the hot one. */
export const ORDERED_OPTIONS = PRODUCTS;
export const CUSTOMERS = 10_000;
/** Orders that were paid before the benchmark began. */
export const PAID_ORDERS = 2_000;
/** Won that a customer has when the benchmark begins: enough to buy for days, and far from the limit. */
export const FIRST_BALANCE = 500_000_000;
/** Won of one charge. */
export const CHARGE = 5_000;
/** Units of each option: the most that the API allows. */
export const STOCK = 10_000_000;

const PREFIX = '019a9f7e-0000-7000';
const KINDS = { product: '8001', option: '8002', coupon: '8003', order: '8004' } as const;

type Kind = keyof typeof KINDS;

export function idOf(kind: Kind, number: number): string {
  return `${PREFIX}-${KINDS[kind]}-${number.toString(16).padStart(12, '0')}`;
}

/** The same in SQL, for an expression that is a number. */
export function idIn(kind: Kind, number: string): string {
  return `('${PREFIX}-${KINDS[kind]}-' || lpad(to_hex(${number}), 12, '0'))::uuid`;
}

export function orderedOption(number: number): string {
  return idOf('option', 2 * number);
}

export const HOT_OPTION = idOf('option', 1);

export function customer(number: number): string {
  return `customer-${number}`;
}

/** The customer who placed an order that was prepared. */
export function ownerOf(order: number): number {
  return order % CUSTOMERS;
}

/** One of those who come for a coupon. */
export function visitor(number: number): string {
  return `visitor-${number}`;
}

/** What the load generator signs tokens with and the shop verifies them with. Good for throwaway shops only. */
export const TOKEN_SECRET = 'a secret of the benchmark, long enough for HS256';
