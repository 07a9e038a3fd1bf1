import { Money } from '@app/shared';
import fc from 'fast-check';
import { Order, type OrderStatus } from '../../../libs/order/src/domain/order';
import {
  OrderAlreadyPaidException,
  OrderCancelledException,
  OrderExpiredException,
  OrderNotCancellableException,
} from '../../../libs/order/src/domain/order.exceptions';
import { EXPIRES_AT, PLACED_AT, someLine, someTerms } from './order-samples';

const LAST_MOMENT = new Date(EXPIRES_AT.getTime() - 1);

const anOrder = () => Order.place(someTerms());

function anOrderThatIs(status: OrderStatus): Order {
  const isPaid = status === 'PAID' || status === 'REFUNDED';
  return Order.restore(someTerms(), {
    status,
    paymentId: isPaid ? 'payment-1' : null,
    paidAt: isPaid ? PLACED_AT : null,
  });
}

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('what an order costs', () => {
  it('is the sum of price times quantity less the discount', () => {
    const lines = [
      someLine({ unitPrice: Money.of(19_900), quantity: 2 }),
      someLine({ unitPrice: Money.of(500), quantity: 3 }),
    ];

    const order = Order.place(someTerms({ lines, discount: Money.of(1_300) }));

    expect([order.subtotal.won, order.total.won]).toEqual([41_300, 40_000]);
  });

  it('is never negative, whatever is ordered at whatever discount up to the subtotal', () => {
    const line = fc.record({
      price: fc.integer({ min: 0, max: 100_000_000 }),
      quantity: fc.integer({ min: 1, max: 50_000 }),
    });
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 50 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (ordered, part) => {
          const sum = ordered.reduce((won, { price, quantity }) => won + price * quantity, 0);
          const discount = Math.floor(sum * part);
          const lines = ordered.map(({ price, quantity }) => someLine({ unitPrice: Money.of(price), quantity }));

          const order = Order.place(someTerms({ lines, discount: Money.of(discount) }));

          expect(order.subtotal.won).toBe(sum);
          expect(order.total.won).toBe(sum - discount);
          expect(order.total.won).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });

  it('cannot be less than nothing', () => {
    const lines = [someLine({ unitPrice: Money.of(999), quantity: 1 })];

    expect(() => Order.place(someTerms({ lines, discount: Money.of(1_000) }))).toThrow('discount above its subtotal');
  });
});

describe('paying an order', () => {
  it('is possible up to the last millisecond before it expires', () => {
    const order = anOrder();

    order.pay('payment-1', LAST_MOMENT);

    expect([order.storedStatus, order.paymentId, order.paidAt]).toEqual(['PAID', 'payment-1', LAST_MOMENT]);
    expect(order.hasChanged).toBe(true);
  });

  it('is refused from the millisecond on at which it expires, though no sweeper came', () => {
    const order = anOrder();

    const refusal = thrownBy(() => order.pay('payment-1', EXPIRES_AT));

    expect(refusal).toBeInstanceOf(OrderExpiredException);
    expect(refusal).toMatchObject({
      kind: 'conflict',
      code: 'ORDER_EXPIRED',
      message: '결제 가능 시간이 지난 주문입니다',
    });
    expect([order.storedStatus, order.paymentId, order.hasChanged]).toEqual(['PENDING_PAYMENT', null, false]);
  });

  it('is refused when the sweeper came, whatever a slower clock says', () => {
    expect(() => anOrderThatIs('EXPIRED').pay('payment-1', PLACED_AT)).toThrow(OrderExpiredException);
  });

  it('is refused when it was cancelled, also after its time', () => {
    for (const now of [PLACED_AT, EXPIRES_AT]) {
      expect(() => anOrderThatIs('CANCELLED').pay('payment-1', now)).toThrow(OrderCancelledException);
    }
  });

  it.each(['PAID', 'REFUNDED'] as const)('is refused when it is %s, with the payment that it was paid by', (status) => {
    for (const now of [PLACED_AT, EXPIRES_AT]) {
      const refusal = thrownBy(() => anOrderThatIs(status).pay('payment-2', now));

      expect(refusal).toBeInstanceOf(OrderAlreadyPaidException);
      expect(refusal).toMatchObject({ message: '이미 결제된 주문입니다', details: { paymentId: 'payment-1' } });
    }
  });
});

describe('ending an order without payment', () => {
  it('cancels up to the last millisecond before it expires', () => {
    const order = anOrder();

    order.cancel(LAST_MOMENT);

    expect([order.storedStatus, order.hasChanged]).toEqual(['CANCELLED', true]);
  });

  it('does not cancel what has expired, though no sweeper came: the sweeper alone releases it', () => {
    const order = anOrder();

    const refusal = thrownBy(() => order.cancel(EXPIRES_AT));

    expect(refusal).toBeInstanceOf(OrderNotCancellableException);
    expect(refusal).toMatchObject({ message: '취소할 수 없는 주문입니다', details: { orderStatus: 'EXPIRED' } });
    expect(order.hasChanged).toBe(false);
  });

  it.each(['PAID', 'CANCELLED', 'EXPIRED', 'REFUNDED'] as const)('does not cancel what is %s', (status) => {
    const refusal = thrownBy(() => anOrderThatIs(status).cancel(PLACED_AT));

    expect(refusal).toMatchObject({ code: 'ORDER_NOT_CANCELLABLE', details: { orderStatus: status } });
  });

  it('expires from its last moment on, and not before', () => {
    const order = anOrder();

    expect(() => order.expire(LAST_MOMENT)).toThrow('not due');
    order.expire(EXPIRES_AT);

    expect([order.storedStatus, order.hasChanged]).toEqual(['EXPIRED', true]);
  });

  it.each(['PAID', 'CANCELLED', 'EXPIRED', 'REFUNDED'] as const)('does not expire what is %s', (status) => {
    expect(() => anOrderThatIs(status).expire(EXPIRES_AT)).toThrow('not due');
  });
});

describe('refunding an order', () => {
  it('keeps the payment that it was paid by', () => {
    const order = anOrderThatIs('PAID');

    order.refund();

    expect([order.storedStatus, order.paymentId, order.paidAt]).toEqual(['REFUNDED', 'payment-1', PLACED_AT]);
  });

  it.each(['PENDING_PAYMENT', 'CANCELLED', 'EXPIRED', 'REFUNDED'] as const)('is impossible when it is %s', (status) => {
    expect(() => anOrderThatIs(status).refund()).toThrow('not paid');
  });
});

describe('the status that everybody sees', () => {
  it('turns from pending to expired at the very millisecond, while the stored one waits for the sweeper', () => {
    const order = anOrder();

    expect(order.statusAt(LAST_MOMENT)).toBe('PENDING_PAYMENT');
    expect(order.statusAt(EXPIRES_AT)).toBe('EXPIRED');
    expect(order.storedStatus).toBe('PENDING_PAYMENT');
  });

  it.each(['PAID', 'CANCELLED', 'EXPIRED', 'REFUNDED'] as const)('stays %s at all times', (status) => {
    const order = anOrderThatIs(status);

    expect([PLACED_AT, LAST_MOMENT, EXPIRES_AT].map((now) => order.statusAt(now))).toEqual([status, status, status]);
  });
});
