import { Money, type UnitOfWork } from '@app/shared';
import { uuidv7 } from 'uuidv7';
import type { PaymentRepository } from '../../libs/payment/src/application/ports/payment.repository';
import type { Payment } from '../../libs/payment/src/domain/payment';

export interface PaymentRepositoryParts {
  readonly payments: PaymentRepository;
  readonly unitOfWork: UnitOfWork;
  /** An order that exists and has no payment; answers its id. */
  order(userId: string): Promise<string>;
}

/** What every place to keep payments must do; `open` is called once, and the tests share what it answers. */
export function describePaymentRepository(name: string, open: () => Promise<PaymentRepositoryParts>): void {
  describe(`${name}, as a place to keep payments`, () => {
    let parts: PaymentRepositoryParts;
    let userId: string;

    beforeAll(async () => {
      parts = await open();
    });

    beforeEach(() => {
      userId = `user-${uuidv7()}`;
    });

    async function aPayment(payment: Partial<Payment> = {}): Promise<Payment> {
      return {
        id: uuidv7(),
        orderId: payment.orderId ?? (await parts.order(userId)),
        userId,
        status: 'PAID',
        subtotal: Money.of(20_000),
        discount: Money.of(3_000),
        amount: Money.of(17_000),
        balanceAfter: Money.of(500),
        paidAt: new Date('2026-11-22T03:00:00.123Z'),
        refundedAt: null,
        ...payment,
      };
    }

    const add = (...payments: Payment[]) => parts.unitOfWork.run(() => parts.payments.addAll(payments));

    const refOf = ({ id: paymentId }: Payment) => ({ paymentId, userId });

    it('gives back what was paid', async () => {
      const [one, two] = [await aPayment(), await aPayment()];
      await add(one, two);

      expect([...(await parts.payments.findAll([one, two].map(refOf))).values()]).toEqual(
        expect.arrayContaining([one, two]),
      );
      expect((await parts.payments.findAll([refOf(two)])).get(two.id)).toEqual(two);
    });

    it('finds nothing of somebody else, nothing where nothing is, and none of none', async () => {
      const payment = await aPayment();
      await add(payment);
      const asked = [
        { paymentId: payment.id, userId: 'somebody-else' },
        { paymentId: uuidv7(), userId },
      ];

      expect((await parts.payments.findAll(asked)).size).toBe(0);
      expect((await parts.payments.findAll([])).size).toBe(0);
    });

    it('takes one payment an order, whatever happens', async () => {
      const payment = await aPayment();
      await add(payment);
      const second = await aPayment({ orderId: payment.orderId });

      await expect(add(second)).rejects.toThrow('duplicate key');

      expect((await parts.payments.findAll([refOf(second)])).size).toBe(0);
    });

    it('stores status, balance and time of a refund, and leaves other payments alone', async () => {
      const [refunded, other] = [await aPayment(), await aPayment()];
      await add(refunded, other);
      const refundedAt = new Date('2026-11-23T03:00:00.456Z');
      const after: Payment = { ...refunded, status: 'REFUNDED', balanceAfter: Money.of(17_500), refundedAt };

      await parts.unitOfWork.run(() => parts.payments.saveRefunds([after]));

      const found = await parts.payments.findAll([refunded, other].map(refOf));
      expect(found.get(refunded.id)).toEqual(after);
      expect(found.get(other.id)).toEqual(other);
    });

    it('stores nothing of nothing', async () => {
      await expect(add()).resolves.toBeUndefined();
      await expect(parts.unitOfWork.run(() => parts.payments.saveRefunds([]))).resolves.toBeUndefined();
    });
  });
}
