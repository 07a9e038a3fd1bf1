import type { Action, Call } from '../../storm/history';
import { callOf, found, goodDay } from './good-day';
import { Story } from './story';
import type { Tale } from './tale';

/** The first answer of that kind, with some fields told otherwise. */
function told(action: Action, lie: object, nth = 0): Tale {
  const tale = goodDay();
  const call = callOf(tale, action, nth);
  call.answer = { ...(call.answer as object), ...lie };
  return tale;
}

function called(action: Action, lie: Partial<Call>): Tale {
  const tale = goodDay();
  Object.assign(callOf(tale, action), lie);
  return tale;
}

describe('an order or a payment that is read', () => {
  it.each([
    [
      'an order paid before anybody tried',
      told('read order', { status: 'PAID' }),
      /PAID, possible were PENDING_PAYMENT, EXPIRED/,
    ],
    ['an order refunded before', told('read order', { status: 'REFUNDED' }), /saw on A REFUNDED/],
    ['an order cancelled by nobody', told('read order', { status: 'CANCELLED' }), /saw on A CANCELLED/],
    [
      'an order still unpaid',
      told('read order', { status: 'PENDING_PAYMENT' }, 1),
      /possible were REFUNDED; PAID by op/,
    ],
    ['an order expired after it was paid', told('read order', { status: 'EXPIRED' }, 1), /saw on A EXPIRED/],
    ['an order paid that was refunded', told('read order', { status: 'PAID' }, 1), /saw on A PAID/],
    ['an order of another total', told('read order', { total: 1 }), /a total that is not 3000/],
    ['an unknown order', called('read order', { path: '/orders/x' }), /not in the books/],
    ["somebody else's order", called('read order', { userId: 'lee' }), /an order of kim/],
    ['a payment refunded before anybody tried', told('read payment', { status: 'REFUNDED' }), /possible were PAID/],
    ['a payment of another amount', told('read payment', { amount: 1 }), /an amount that is not 3000/],
    ['an unknown payment', called('read payment', { path: '/payments/x' }), /not in the books/],
    ["somebody else's payment", called('read payment', { userId: 'lee' }), /a payment of kim/],
    [
      'no order',
      called('read order', { verdict: 'refused', status: 404, code: 'ORDER_NOT_FOUND', answer: { code: 'O' } }),
      /had made it/,
    ],
    [
      'no payment',
      called('read payment', { verdict: 'refused', status: 404, code: 'P', answer: { code: 'P' } }),
      /had made it/,
    ],
  ])('is found out as %s', (_, tale, problem) => {
    expect(found(tale)).toEqual({ reads: [expect.stringMatching(problem)] });
  });

  it.each(['PENDING_PAYMENT', 'EXPIRED', 'PAID', 'REFUNDED'])('may be %s while all that is under way', (status) => {
    const tale = told('read order', { status });
    callOf(tale, 'read order').ended = callOf(tale, 'refund').ended;

    expect(found(tale)).toEqual({});
  });

  it('is nothing for others', () => {
    const answer = { code: 'ORDER_NOT_FOUND' };
    expect(found(called('read order', { userId: 'lee', verdict: 'refused', status: 404, code: 'O', answer }))).toEqual(
      {},
    );
  });

  it.each([
    ['CANCELLED', []],
    ['PENDING_PAYMENT', ['reads']],
    ['EXPIRED', ['reads']],
  ])('may be %s after it was cancelled, or else is found out', (status, checkers) => {
    const story = new Story();
    story.stock('tangerines', 10);
    const order = story.order('kim', 'tangerines', 1);
    story.cancel('kim', order);
    story.read('read order', 'kim', `/orders/${order}`, { id: order, status, total: 1_000 });

    expect(Object.keys(found(story.tale))).toEqual(checkers);
  });

  it('may be nothing before it was made', () => {
    const lie = { began: 1, ended: 2, verdict: 'refused', status: 404, code: 'O', answer: { code: 'O' } } as const;
    expect(found(called('read order', lie))).toEqual({});
  });

  it('that was paid stays so, whatever else is still open', () => {
    const tale = told('read order', { status: 'PENDING_PAYMENT' }, 1);
    tale.calls.push({ ...callOf(tale, 'pay'), operation: 99, verdict: 'unknown', answer: undefined });
    tale.calls.push({ ...callOf(tale, 'refund'), operation: 100, verdict: 'unknown', answer: undefined });

    expect(Object.keys(found(tale))).toEqual(['reads', 'open']);
  });

  it('may be paid when a payment is still open', () => {
    const story = new Story();
    story.stock('tangerines', 10);
    story.charge('kim', 5_000);
    const order = story.order('kim', 'tangerines', 1);
    story.pay('kim', order);
    story.read('read order', 'kim', `/orders/${order}`, { id: order, status: 'PAID', total: 1_000 });
    Object.assign(callOf(story.tale, 'pay'), { verdict: 'unknown', status: undefined, answer: undefined });

    expect(Object.keys(found(story.tale))).toEqual(['open']);
  });
});

describe('a stock that is read', () => {
  const page = (stock: unknown) => ({ items: [{ options: [{ id: 'tangerines', stock }] }] });

  it.each([
    ['below 0', told('read products', page(-1))],
    ['a fraction', told('read products', page(1.5))],
    ['more than is left', told('read products', page(15))],
    ['more than is left of one product', told('read product', { options: [{ id: 'tangerines', stock: 15 }] })],
    ['of no option', told('read product', { options: undefined })],
    ['of an unknown option', told('read product', { options: [{ id: 'x', stock: 1 }] })],
  ])('is found out as %s', (_, tale) => {
    expect(Object.keys(found(tale))).toEqual(['reads']);
  });

  it('may be what it was a second ago', () => {
    const story = new Story();
    story.stock('tangerines', 10);
    story.order('kim', 'tangerines', 4);
    const fresh = story.read('read products', 'kim', '/products', page(10));
    expect(found(story.tale)).toEqual({});

    story.wait(2_000);
    story.read('read products', 'kim', '/products', { ...(fresh.answer as object) });
    expect(Object.keys(found({ ...story.tale }))).toEqual(['reads']);
  });

  it('knows what was added, but not before anybody asked for it', () => {
    const story = new Story();
    story.stock('tangerines', 10);
    story.read('read products', 'kim', '/products', page(15));
    story.restock('tangerines', 5);

    expect(Object.keys(found(story.tale))).toEqual(['reads']);
  });

  it('knows what was taken away, once that was told', () => {
    const story = new Story();
    story.stock('tangerines', 10);
    story.restock('tangerines', -5);
    story.read('read products', 'kim', '/products', page(10));
    expect(found(story.tale)).toEqual({});

    story.wait(2_000);
    story.read('read products', 'kim', '/products', page(6));
    expect(Object.keys(found({ ...story.tale }))).toEqual(['reads']);
  });

  it('may be there while it is being taken away', () => {
    const story = new Story();
    story.stock('tangerines', 10);
    story.restock('tangerines', -5);
    callOf(story.tale, 'restock').ended = 5_000;
    story.wait(2_000);
    story.read('read products', 'kim', '/products', page(10));

    expect(found(story.tale)).toEqual({});
  });

  it('may be back when the order was given up', () => {
    const story = new Story();
    story.stock('tangerines', 10);
    story.cancel('kim', story.order('kim', 'tangerines', 4));
    story.wait(2_000);
    story.read('read products', 'kim', '/products', page(10));

    expect(found(story.tale)).toEqual({});
  });
});

describe('coupons that are read', () => {
  const mine = (items: object[], nextCursor: string | null = null) => told('read coupons', { items, nextCursor });

  it.each([
    ['missing', mine([]), /no coupon of operation 4 \(issue, kim/],
    ['of another number', mine([{ couponId: 'friday', sequence: 2 }]), /not the user's then/],
    [
      'of nobody',
      mine([
        { couponId: 'friday', sequence: 1 },
        { couponId: 'x', sequence: 1 },
      ]),
      /not the user's then/,
    ],
    ['no page', told('read coupons', { items: undefined }), /no page/],
  ])('are found out when they are %s', (_, tale, problem) => {
    expect(found(tale)).toEqual({ reads: [expect.stringMatching(problem)] });
  });

  it('are found out when nobody had asked for them yet', () => {
    const tale = goodDay();
    Object.assign(callOf(tale, 'read coupons'), { began: 1, ended: 2 });

    expect(Object.keys(found(tale))).toEqual(['reads']);
  });

  it('may be on another page', () => {
    expect(found(mine([], 'more'))).toEqual({});

    const last = mine([]);
    callOf(last, 'read coupons').path = '/coupons/mine?cursor=abc';
    expect(found(last)).toEqual({});
  });

  it('may be none before the first was issued', () => {
    const tale = mine([]);
    Object.assign(callOf(tale, 'read coupons'), { began: 1, ended: 2 });

    expect(found(tale)).toEqual({});
  });
});

describe('a ranking that is read', () => {
  const place = (rank: number, soldQuantity: number) => ({ rank, soldQuantity });

  it.each([
    ['has six places', { items: [1, 2, 3, 4, 5, 6].map((rank) => place(rank, 1)) }],
    ['leaves a place out', { items: [place(1, 3), place(3, 2)] }],
    ['has more below', { items: [place(1, 3), place(2, 4)] }],
    ['has what was never sold', { items: [place(1, 0)] }],
    ['has no time', { generatedAt: undefined }],
    ['has no places', { items: undefined }],
  ])('is found out when it %s', (_, lie) => {
    expect(Object.keys(found(told('read ranking', lie)))).toEqual(['reads']);
  });

  it('may be empty', () => {
    expect(found(told('read ranking', { items: [] }))).toEqual({});
  });

  describe('twice', () => {
    const newer = '2026-11-25T00:00:06.000Z';
    const older = '2026-11-25T00:00:03.000Z';

    /** First at 5 and then at 7 seconds. */
    function twice(generatedAt: readonly [string, string], second: Partial<Call> = {}): Tale {
      const tale = told('read ranking', { generatedAt: generatedAt[0], items: [place(1, 2)] });
      const first = Object.assign(callOf(tale, 'read ranking'), { began: 5_000, ended: 5_001 });
      const answer = { ...(first.answer as object), generatedAt: generatedAt[1] };
      tale.calls.push({ ...first, operation: 9_999, began: 7_000, ended: 7_001, ...second, answer });
      return tale;
    }

    it('never steps back on one instance', () => {
      expect(Object.keys(found(twice([newer, older])))).toEqual(['reads']);
      expect(found(twice([older, newer]))).toEqual({});
      expect(found(twice([newer, newer]))).toEqual({});
    });

    it('may be older on the other instance, or while the first one is still on its way', () => {
      expect(found(twice([newer, older], { instance: 'B' }))).toEqual({});
      expect(found(twice([newer, older], { began: 5_000, ended: 5_002 }))).toEqual({});
    });

    it('may be older of a process that began in between', () => {
      const tale = twice([newer, older]);
      const fault = { fault: 'kill', began: 5_500, healed: 6_500, recovered: 6_600 };
      tale.faults.push({ ...fault, kind: 'postgres killed' });
      expect(Object.keys(found(tale))).toEqual(['reads']);

      tale.faults.push({ ...fault, kind: 'instance killed' });
      expect(found(tale)).toEqual({});
    });
  });
});
