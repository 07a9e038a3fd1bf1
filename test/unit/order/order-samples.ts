import { Money } from '@app/shared';
import { uuidv7 } from 'uuidv7';
import type { OrderLine, OrderTerms } from '../../../libs/order/src/domain/order';

export const PLACED_AT = new Date('2026-11-22T03:00:00.000Z');
export const EXPIRES_AT = new Date('2026-11-22T03:15:00.000Z');

/** A line of two boxes of tangerines, except for what the test is about. */
export function someLine(line: Partial<OrderLine> = {}): OrderLine {
  return {
    productId: uuidv7(),
    productName: '제주 감귤',
    optionId: uuidv7(),
    optionName: '5kg',
    unitPrice: Money.of(19_900),
    quantity: 2,
    ...line,
  };
}

export function someTerms(terms: Partial<OrderTerms> = {}): OrderTerms {
  return {
    id: uuidv7(),
    userId: 'kim',
    lines: [someLine()],
    couponId: null,
    discount: Money.zero,
    placedAt: PLACED_AT,
    expiresAt: EXPIRES_AT,
    ...terms,
  };
}
