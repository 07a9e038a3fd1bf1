import { Money } from '@app/shared';

/** The highest value of each type: won for FIXED, percent for PERCENT. The lowest is 1. */
export const DISCOUNT_LIMITS = { FIXED: 100_000_000, PERCENT: 100 } as const;

export type DiscountType = keyof typeof DISCOUNT_LIMITS;

/** What a coupon takes off an order: never more than its cap, never more than the order is worth. */
export class Discount {
  /** @throws RangeError for a value that its type cannot have */
  constructor(
    readonly type: DiscountType,
    readonly value: number,
    readonly cap: Money | null = null,
  ) {
    if (!Number.isInteger(value) || value < 1 || value > DISCOUNT_LIMITS[type]) {
      throw new RangeError(`a ${type} discount cannot be ${value}`);
    }
  }

  /** What is taken off `subtotal`; a percentage is rounded down to a won. */
  on(subtotal: Money): Money {
    const full = this.type === 'PERCENT' ? subtotal.percent(this.value) : Money.of(this.value);
    return full.atMost(this.cap ?? full).atMost(subtotal);
  }
}
