import { effectFindings } from '../../storm/checkers/effects';
import { callOf, found, kindsIn } from './good-day';
import { Story } from './story';
import type { Tale } from './tale';

function aCharge(): Tale {
  const story = new Story();
  story.charge('kim', 1_000);
  return story.tale;
}

function anOrder(): Tale {
  const story = new Story();
  story.stock('tangerines', 10);
  story.order('kim', 'tangerines', 2);
  return story.tale;
}

function aPayment(): Tale {
  const story = new Story();
  story.stock('tangerines', 10);
  story.charge('kim', 5_000);
  story.pay('kim', story.order('kim', 'tangerines', 2));
  return story.tale;
}

function aRefund(): Tale {
  const story = new Story();
  story.stock('tangerines', 10);
  story.charge('kim', 5_000);
  story.refund('kim', story.pay('kim', story.order('kim', 'tangerines', 2)));
  return story.tale;
}

function aRestock(): Tale {
  const story = new Story();
  story.stock('tangerines', 10);
  story.restock('tangerines', 5);
  return story.tale;
}

describe('what was acknowledged', () => {
  it('misses a charge', () => {
    const tale = aCharge();
    tale.books.transactions.pop();

    expect(kindsIn(tale)).toEqual(['lost']);
    expect(found(tale)).toEqual({
      effects: ['lost: operation 1 (charge, kim, key key-1) was acknowledged: no charge charge-1'],
    });
  });

  it('misses an order', () => {
    const tale = anOrder();
    tale.books.orders.pop();

    expect(kindsIn(tale)).toEqual(['lost']);
  });

  it('misses a payment', () => {
    const tale = aPayment();
    tale.books.payments.pop();
    tale.books.transactions.pop();
    tale.deliveries = [];

    expect(kindsIn(tale)).toEqual(['lost']);
  });

  it('misses the ledger row of a payment', () => {
    const tale = aPayment();
    tale.books.transactions.pop();

    expect(kindsIn(tale)).toEqual(['lost']);
  });

  it('misses a refund', () => {
    const tale = aRefund();
    Object.assign(tale.books.payments[0]!, { status: 'PAID', balanceAfter: 3_000 });
    tale.books.orders[0]!.status = 'PAID';
    tale.books.transactions.pop();
    tale.deliveries = tale.deliveries.filter(({ body }) => body.type === 'order.paid');

    expect(kindsIn(tale)).toEqual(['lost']);
  });

  it('misses a cancellation', () => {
    const story = new Story();
    story.stock('tangerines', 10);
    story.cancel('kim', story.order('kim', 'tangerines', 2));
    story.tale.books.orders[0]!.status = 'EXPIRED';

    expect(kindsIn(story.tale)).toEqual(['lost']);
  });

  it('misses a restock', () => {
    const tale = aRestock();
    tale.books.movements.pop();

    expect(kindsIn(tale)).toEqual(['lost']);
  });

  it('misses one of two charges that were told of the same row', () => {
    const tale = aCharge();
    tale.calls.push({ ...callOf(tale, 'charge'), operation: 2, key: 'key-2', began: 12, ended: 18 });

    expect(kindsIn(tale)).toEqual(['lost']);
  });
});

describe('what is there twice', () => {
  it('is a charge with the key of another', () => {
    const tale = aCharge();
    tale.books.transactions.push({ ...tale.books.transactions[0]!, id: 'again', sequence: 2, balanceAfter: 2_000 });

    expect(kindsIn(tale)).toEqual(['double']);
  });

  it('is one row with one id', () => {
    const tale = aCharge();
    tale.books.transactions.push({ ...tale.books.transactions[0]! });

    expect(kindsIn(tale)).toEqual(['double']);
  });

  it('is an order with the lines of another', () => {
    const tale = anOrder();
    tale.books.orders.push({ ...tale.books.orders[0]!, id: 'again' });

    expect(kindsIn(tale)).toEqual(['double']);
  });

  it('is a payment of an order that was paid', () => {
    const tale = aPayment();
    const [paid] = tale.books.payments;
    const [, row] = tale.books.transactions;
    tale.books.payments.push({ ...paid!, id: 'again', balanceAfter: 1_000 });
    tale.books.transactions.push({ ...row!, id: 'again', sequence: 3, balanceAfter: 1_000, referenceId: 'again' });
    const { body, ...delivery } = tale.deliveries[1]!;
    tale.deliveries.push({ ...delivery, id: 'again', body: { ...body, data: { ...body.data, paymentId: 'again' } } });

    expect(kindsIn(tale)).toEqual(['double']);
  });

  it('is the ledger row of a refund', () => {
    const tale = aRefund();
    const rows = tale.books.transactions;
    rows.splice(2, 0, { ...rows[2]!, id: 'again', sequence: 4 });

    expect(kindsIn(tale)).toEqual(['double']);
  });

  it('is a restock', () => {
    const tale = aRestock();
    tale.books.movements.push({ ...tale.books.movements[1]! });

    expect(kindsIn(tale)).toEqual(['double']);
  });
});

describe('what nobody wanted', () => {
  it('is a charge that was refused', () => {
    const tale = aCharge();
    const { calls } = tale;
    calls[0] = { ...calls[0]!, verdict: 'refused', status: 409, code: 'NO', answer: { code: 'NO' } };

    expect(kindsIn(tale)).toEqual(['unasked']);
    expect(found(tale).effects?.[0]).toContain('was refused with NO');
  });

  it.each<[string, (tale: Tale) => void]>([
    ['a charge', ({ calls }) => calls.splice(0)],
    [
      'a charge with the key of somebody else',
      ({ books }) => books.transactions.push({ ...books.transactions[0]!, id: 'x', userId: 'lee' }),
    ],
    ['an order', ({ books }) => books.orders.push({ ...anOrder().books.orders[0]!, userId: 'lee' })],
    ['a cancelled order', (tale) => tale.books.orders.push(...cancelledByNobody(tale))],
    ['a restock', ({ books }) => books.movements.push(aRestock().books.movements[1]!)],
    [
      'the ledger row of no payment',
      ({ books }) => books.transactions.push({ ...aRefund().books.transactions[2]!, userId: 'lee' }),
    ],
  ])('is %s', (_, lie) => {
    const tale = aCharge();
    lie(tale);

    expect(kindsIn(tale)).toEqual(['unasked']);
  });

  /** The order was asked for, its end was not. */
  function cancelledByNobody(tale: Tale): Tale['books']['orders'] {
    const { calls, books } = anOrder();
    tale.calls.push({ ...calls[0]!, operation: 2 });
    return books.orders.map((order) => ({ ...order, status: 'CANCELLED' }));
  }

  it('is a coupon', () => {
    const story = new Story();
    story.coupon('friday', 1);
    story.issue('kim', 'friday');
    story.refuse('order', 'lee', '/orders', { lines: [] }, 'OUT_OF_STOCK');
    story.tale.books.issuedCoupons[0]!.userId = 'lee';

    expect(kindsIn(story.tale)).toEqual(['lost', 'unasked']);
  });

  it('is not what the shop does by itself: an order that was left expires', () => {
    const tale = anOrder();
    tale.books.orders[0]!.status = 'EXPIRED';

    expect(found(tale)).toEqual({});
  });

  it('is not missing where nothing was to be done: a restock of 0 leaves no trace', () => {
    const tale = aRestock();
    tale.calls.push({ ...tale.calls[0]!, operation: 2, key: 'key-2', body: { delta: 0 } });

    expect(found(tale)).toEqual({});
  });

  it('is not what an open operation may have done, but for once', () => {
    const tale = anOrder();
    tale.calls[0] = { ...tale.calls[0]!, verdict: 'unknown', answer: undefined };
    expect(effectFindings(tale)).toEqual([]);

    tale.books.orders.push({ ...tale.books.orders[0]!, id: 'again' });
    expect(effectFindings({ ...tale })).toHaveLength(1);
  });
});
