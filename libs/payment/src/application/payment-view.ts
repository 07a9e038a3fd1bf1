import type { Payment } from '../domain/payment';

/** A payment as the payer reads it; amounts in won. */
export interface PaymentView {
  readonly id: string;
  readonly orderId: string;
  readonly status: Payment['status'];
  readonly subtotal: number;
  readonly discount: number;
  readonly amount: number;
  readonly balanceAfter: number;
  readonly paidAt: string;
  readonly refundedAt: string | null;
}

export function viewOf(payment: Payment): PaymentView {
  const { id, orderId, status, subtotal, discount, amount, balanceAfter, paidAt, refundedAt } = payment;
  return {
    id,
    orderId,
    status,
    subtotal: subtotal.won,
    discount: discount.won,
    amount: amount.won,
    balanceAfter: balanceAfter.won,
    paidAt: paidAt.toISOString(),
    refundedAt: refundedAt?.toISOString() ?? null,
  };
}
