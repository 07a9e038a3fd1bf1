import type { Money } from '@app/shared';
import type { Discount } from './discount';

/** What a coupon promises: fixed when it is made, so that nobody holds a coupon that has changed. */
export interface CouponTerms {
  readonly id: string;
  readonly name: string;
  readonly discount: Discount;
  readonly minOrderAmount: Money;
  readonly totalQuantity: number;
  /** It can be issued from this moment on. */
  readonly validFrom: Date;
  /** It can be issued and reserved until just before this moment. */
  readonly validUntil: Date;
}
