import { callOf, found, goodDay } from './good-day';
import { Story } from './story';
import type { Tale } from './tale';

describe('the audits', () => {
  it('are found out when one of them found something', () => {
    const tale = goodDay();
    const checks = [{ name: 'stock.moves', violations: 2, sample: [{ optionId: 'tangerines' }] }];
    tale.audits.push({ ok: false, checkedAt: new Date(0), checks });

    expect(found(tale)).toEqual({
      audits: ['1970-01-01T00:00:00.000Z: stock.moves is violated 2 times, first {"optionId":"tangerines"}'],
    });
  });

  it('are found out when there was none', () => {
    expect(found({ ...goodDay(), audits: [] })).toEqual({ audits: ['nobody has audited the books'] });
  });
});

describe('the deliveries', () => {
  function deliveredWith(lie: (deliveries: Tale['deliveries'], tale: Tale) => void): Record<string, string[]> {
    const tale = goodDay();
    lie(tale.deliveries, tale);
    return found(tale);
  }

  /** Both attempts of the first webhook tell it. */
  function dataThat(lie: object) {
    return (deliveries: Tale['deliveries']) => {
      for (const { body } of deliveries.slice(0, 2)) Object.assign(body.data, lie);
    };
  }

  it.each<[string, (deliveries: Tale['deliveries'], tale: Tale) => void, RegExp]>([
    [
      'a payment was never told',
      (deliveries) => deliveries.splice(0, 2),
      /order.paid of payment .* was never accepted/,
    ],
    ['a payment was never accepted', (deliveries) => deliveries.splice(1, 1), /order.paid of .* never accepted/],
    ['a refund was never told', (deliveries) => deliveries.splice(2, 2), /order.refunded of .* never accepted/],
    ['a signature is wrong', ([first]) => Object.assign(first!, { verified: false }), /a wrong signature/],
    ['a later signature is wrong', ([, second]) => Object.assign(second!, { verified: false }), /a wrong signature/],
    ['its amount is another', dataThat({ amount: 1 }), /amount should be 3000, is 1/],
    ['its order is another', dataThat({ orderId: 'x' }), /order should be order-\d+, is x/],
    ['its user is another', dataThat({ userId: 'lee' }), /user should be kim, is lee/],
    [
      'a second attempt says something else',
      ([, second]) => Object.assign(second!.body, { timestamp: 'x' }),
      /has said .* and /,
    ],
    [
      'there are two webhooks of one payment',
      (deliveries) => deliveries.push({ ...deliveries[0]!, id: 'x' }),
      /by the webhooks event-1 and x/,
    ],
    ['an event is left', (_, { books }) => Object.assign(books.events[0]!, { status: 'DEAD' }), /is left DEAD/],
  ])('are found out when %s', (_, lie, problem) => {
    expect(deliveredWith(lie)).toEqual({ deliveries: [expect.stringMatching(problem)] });
  });

  it.each<[string, object, RegExp]>([
    ['a payment that was rolled back', { type: 'order.paid', paymentId: 'x' }, /no such payment/],
    ['a refund that never was', { type: 'order.refunded' }, /the payment is PAID/],
    ['something else', { type: 'order.lost' }, /the payment is PAID/],
  ])('are found out when they tell of %s', (_, lie, problem) => {
    const { type, ...data } = { type: '', ...lie };
    const problems = deliveredWith((deliveries) => {
      const last = deliveries.at(-1)!;
      expect(last.body.type).toBe('order.paid');
      const body = { ...last.body, type, data: { ...last.body.data, ...data } };
      deliveries.push({ ...last, id: 'x', body });
    });

    expect(problems).toEqual({ deliveries: [expect.stringMatching(problem)] });
  });
});

describe('the coupons', () => {
  function issuedTo(users: string[], quantity: number): Story {
    const story = new Story();
    story.coupon('friday', quantity);
    for (const user of users) story.issue(user, 'friday');
    return story;
  }

  it('are right when all got one, and when some came too late', () => {
    expect(found(issuedTo(['kim', 'lee'], 5).tale)).toEqual({});
    expect(found(issuedTo(['kim', 'lee', 'park'], 2).tale)).toEqual({});
  });

  it.each<[string, (tale: Tale) => void, RegExp]>([
    [
      'more than there are',
      ({ books }) => Object.assign(books.coupons[0]!, { totalQuantity: 1 }),
      /2 users hold one of 1/,
    ],
    ['fewer than counted', ({ books }) => Object.assign(books.coupons[0]!, { issued: 3 }), /counts 3 issued, and 2/],
    ['numbers with a gap', (tale) => renumber(tale, 3), /number 2 of 2 is 3/],
    ['a number twice', (tale) => renumber(tale, 1), /number 2 of 2 is 1/],
  ])('are found out with %s', (_, lie, problem) => {
    const { tale } = issuedTo(['kim', 'lee'], 5);
    lie(tale);

    const problems = found(tale);
    expect(Object.keys(problems)).toEqual(['coupons']);
    expect(problems.coupons?.[0]).toMatch(problem);
  });

  function renumber({ books, calls }: Tale, sequence: number): void {
    books.issuedCoupons[1]!.sequence = sequence;
    calls[1]!.answer = { couponId: 'friday', sequence };
  }

  it('are found out when fewer were issued than were wanted', () => {
    const story = issuedTo(['kim'], 5);
    story.wait(10);
    story.refuse('issue', 'lee', '/coupons/friday/issue', undefined, 'COUPON_ALREADY_ISSUED');

    expect(found(story.tale)).toEqual({
      coupons: ['coupon friday: 2 users tried to get one of 5, and only 1 hold one'],
    });
  });

  it('are found out when somebody holds one who never asked', () => {
    const { tale } = issuedTo(['kim', 'lee'], 5);
    tale.calls.pop();

    expect(Object.keys(found(tale))).toEqual(['effects', 'coupons']);
  });

  it('may be held by who does not know it yet', () => {
    const { tale } = issuedTo(['kim', 'lee'], 5);
    Object.assign(callOf(tale, 'issue', 1), { verdict: 'unknown', status: undefined, answer: undefined });

    expect(Object.keys(found(tale))).toEqual(['open']);
  });

  it('need not be issued to who came at the wrong time', () => {
    const story = issuedTo(['kim'], 5);
    story.refuse('issue', 'lee', '/coupons/friday/issue', undefined, 'COUPON_EXPIRED');

    expect(found(story.tale)).toEqual({});
  });

  it('are found out when winners hold none', () => {
    const { tale } = issuedTo(['kim', 'lee'], 5);
    tale.books.issuedCoupons.pop();
    tale.books.coupons[0]!.issued = 1;

    expect(found(tale).coupons?.[0]).toMatch(/2 users were told that they won, 1 hold one/);
  });

  it('are found out when who was faster came later', () => {
    const { tale } = issuedTo(['kim', 'lee'], 5);
    renumber(tale, 1);
    tale.books.issuedCoupons[0]!.sequence = 2;
    tale.calls[0]!.answer = { couponId: 'friday', sequence: 2 };
    expect(found(tale)).toEqual({
      coupons: [expect.stringMatching(/winners: operation 1 .* has number 2 and was over/)],
    });

    tale.calls[1]!.began = 15;
    expect(found({ ...tale })).toEqual({});
  });

  it('are found out when somebody was told too early that all were gone', () => {
    const { tale } = issuedTo(['kim', 'lee', 'park'], 2);
    Object.assign(callOf(tale, 'issue', 2), { began: 22, ended: 25 });

    expect(found(tale)).toEqual({
      coupons: [expect.stringMatching(/park.* was told that all 2 were gone, too early/)],
    });
  });
});
