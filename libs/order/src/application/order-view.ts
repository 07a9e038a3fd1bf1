import { amountOf, type Order, type OrderStatus } from '../domain/order';

/** An order as its owner reads it; amounts in won. */
export interface OrderView {
  readonly id: string;
  readonly status: OrderStatus;
  readonly lines: readonly OrderLineView[];
  readonly couponId: string | null;
  readonly subtotal: number;
  readonly discount: number;
  readonly total: number;
  readonly placedAt: string;
  readonly expiresAt: string;
  readonly paymentId: string | null;
}

export interface OrderLineView {
  readonly productId: string;
  readonly productName: string;
  readonly optionId: string;
  readonly optionName: string;
  readonly unitPrice: number;
  readonly quantity: number;
  readonly amount: number;
}

export function viewOf(order: Order, now: Date): OrderView {
  const { id, lines, couponId, discount, placedAt, expiresAt } = order.terms;
  return {
    id,
    status: order.statusAt(now),
    lines: lines.map((line) => ({ ...line, unitPrice: line.unitPrice.won, amount: amountOf(line).won })),
    couponId,
    subtotal: order.subtotal.won,
    discount: discount.won,
    total: order.total.won,
    placedAt: placedAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    paymentId: order.paymentId,
  };
}
