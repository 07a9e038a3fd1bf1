import type { Money } from '@app/shared';
import { PaymentAlreadyRefundedException } from './payment.exceptions';

/** An order paid from the payer's balance. */
export interface Payment {
  readonly id: string;
  readonly orderId: string;
  readonly userId: string;
  readonly status: 'PAID' | 'REFUNDED';
  readonly subtotal: Money;
  readonly discount: Money;
  /** What was taken from the balance: subtotal less discount. */
  readonly amount: Money;
  /** What the payer held after the last thing that happened here, payment or refund. */
  readonly balanceAfter: Money;
  readonly paidAt: Date;
  readonly refundedAt: Date | null;
}

/** @throws PaymentAlreadyRefundedException */
export function assertRefundable({ status }: Payment): void {
  if (status === 'REFUNDED') throw new PaymentAlreadyRefundedException();
}
