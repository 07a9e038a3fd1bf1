import { Table, TypeOrmUnitOfWork } from '@app/platform';
import { Money } from '@app/shared';
import { Injectable } from '@nestjs/common';
import { type PaymentOf, PaymentRepository } from '../../application/ports/payment.repository';
import type { Payment } from '../../domain/payment';

type Amount = 'subtotal' | 'discount' | 'amount' | 'balanceAfter';
type PaymentRow = Omit<Payment, Amount> & Record<Amount, number>;

const PAYMENTS = new Table<PaymentRow>('payment', {
  id: 'uuid',
  orderId: 'uuid',
  userId: 'text',
  status: 'text',
  subtotal: 'bigint',
  discount: 'bigint',
  amount: 'bigint',
  balanceAfter: 'bigint',
  paidAt: 'timestamptz',
  refundedAt: 'timestamptz',
});

const REFUNDS = new Table<Pick<PaymentRow, 'id' | 'status' | 'balanceAfter' | 'refundedAt'>>(
  'payment',
  { id: 'uuid', status: 'text', balanceAfter: 'bigint', refundedAt: 'timestamptz' },
  ['id'],
);

@Injectable()
export class SqlPaymentRepository extends PaymentRepository {
  constructor(private readonly unitOfWork: TypeOrmUnitOfWork) {
    super();
  }

  async findAll(payments: readonly PaymentOf[]): Promise<ReadonlyMap<string, Payment>> {
    const rows = await this.unitOfWork.query<PaymentRow>(
      `SELECT id, order_id AS "orderId", user_id AS "userId", status, subtotal, discount, amount,
              balance_after AS "balanceAfter", paid_at AS "paidAt", refunded_at AS "refundedAt"
         FROM payment WHERE (id, user_id) IN (SELECT * FROM unnest($1::uuid[], $2::text[]))`,
      [payments.map(({ paymentId }) => paymentId), payments.map(({ userId }) => userId)],
    );
    return new Map(rows.map((row) => [row.id, toPayment(row)]));
  }

  async addAll(payments: readonly Payment[]): Promise<void> {
    this.unitOfWork.insertAll(PAYMENTS, payments.map(rowOf));
  }

  async saveRefunds(payments: readonly Payment[]): Promise<void> {
    this.unitOfWork.updateAll(REFUNDS, payments.map(rowOf));
  }
}

function toPayment(row: PaymentRow): Payment {
  return {
    ...row,
    subtotal: Money.of(row.subtotal),
    discount: Money.of(row.discount),
    amount: Money.of(row.amount),
    balanceAfter: Money.of(row.balanceAfter),
  };
}

function rowOf(payment: Payment): PaymentRow {
  const { subtotal, discount, amount, balanceAfter } = payment;
  return {
    ...payment,
    subtotal: subtotal.won,
    discount: discount.won,
    amount: amount.won,
    balanceAfter: balanceAfter.won,
  };
}
