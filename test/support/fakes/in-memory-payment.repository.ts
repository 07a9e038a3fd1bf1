import { type PaymentOf, PaymentRepository } from '../../../libs/payment/src/application/ports/payment.repository';
import type { Payment } from '../../../libs/payment/src/domain/payment';

export class InMemoryPaymentRepository extends PaymentRepository {
  private readonly stored = new Map<string, Payment>();

  get all(): readonly Payment[] {
    return [...this.stored.values()];
  }

  async findAll(payments: readonly PaymentOf[]): Promise<ReadonlyMap<string, Payment>> {
    const found = this.all.filter(({ id, userId }) =>
      payments.some((asked) => asked.paymentId === id && asked.userId === userId),
    );
    return new Map(found.map((payment) => [payment.id, payment]));
  }

  async addAll(payments: readonly Payment[]): Promise<void> {
    for (const payment of payments) {
      if (this.all.some(({ orderId }) => orderId === payment.orderId)) {
        throw new Error('duplicate key: an order has one payment');
      }
      this.stored.set(payment.id, { ...payment });
    }
  }

  async saveRefunds(payments: readonly Payment[]): Promise<void> {
    for (const { id, status, balanceAfter, refundedAt } of payments) {
      const before = this.stored.get(id);
      if (before) this.stored.set(id, { ...before, status, balanceAfter, refundedAt });
    }
  }
}
