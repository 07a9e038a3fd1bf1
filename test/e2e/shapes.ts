/** The bodies of the contract, as the tests read them and as they must look: `toEqual` allows no field more or less. */

export interface Option {
  readonly id: string;
  readonly productId: string;
  readonly name: string;
  readonly price: number;
  readonly stock: number;
}

export interface Product {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly onSale: boolean;
  readonly options: readonly Option[];
  readonly createdAt: string;
}

export interface Coupon {
  readonly id: string;
  readonly remaining: number;
  readonly totalQuantity: number;
}

export interface IssuedCoupon {
  readonly couponId: string;
  readonly sequence: number;
  readonly status: string;
}

export interface Order {
  readonly id: string;
  readonly status: string;
  readonly couponId: string | null;
  readonly subtotal: number;
  readonly discount: number;
  readonly total: number;
  readonly paymentId: string | null;
  readonly placedAt: string;
  readonly expiresAt: string;
}

export interface Payment {
  readonly id: string;
  readonly orderId: string;
  readonly status: string;
  readonly amount: number;
  readonly balanceAfter: number;
}

export interface Transaction {
  readonly id: string;
  readonly type: string;
  readonly amount: number;
  readonly balanceAfter: number;
}

export interface Delivery {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly attempts: number;
  readonly lastError: string | null;
}

export interface Ranking {
  readonly generatedAt: string;
  readonly window: { readonly from: string; readonly to: string };
  readonly items: readonly { readonly productId: string; readonly soldQuantity: number }[];
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly requestId: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

export const ID: string = expect.stringMatching(
  /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
);
export const TIME: string = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
export const TEXT: string = expect.any(String);
export const NUMBER: number = expect.any(Number);

/** A UUIDv7 that was given to nothing. */
export const UNKNOWN_ID = '019a9f7e-5f3a-7c41-9d0e-3b7f0c2f1a11';

/** What a problem looks like, whole; `details` are the members that only this code has. */
export function problem(status: number, code: string, detail: string = TEXT, details: object = {}): Problem {
  const words = code.toLowerCase().split('_');
  return {
    type: `urn:jangteo:problem:${words.join('-')}`,
    title: TEXT,
    status,
    detail,
    instance: expect.stringMatching(/^\//),
    code,
    requestId: TEXT,
    ...details,
  } as Problem;
}
