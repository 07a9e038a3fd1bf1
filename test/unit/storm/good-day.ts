import { CHECKERS } from '../../storm/checkers/checkers';
import { effectFindings } from '../../storm/checkers/effects';
import type { Evidence } from '../../storm/checkers/evidence';
import type { Action, Call } from '../../storm/history';
import { Story } from './story';
import type { Tale } from './tale';

/** A little of everything that clients do, with nothing wrong in it. */
export function goodDay(): Tale {
  const story = new Story();
  story.stock('tangerines', 10);
  story.coupon('friday', 2);

  story.charge('kim', 10_000);
  story.again();
  story.charge('lee', 5_000);
  story.read('read balance', 'kim', '/balance', { balance: 10_000 });
  story.issue('kim', 'friday');
  story.issue('lee', 'friday');
  story.issue('park', 'friday');
  story.again();
  story.read('read coupons', 'kim', '/coupons/mine', {
    items: [{ couponId: 'friday', sequence: 1 }],
    nextCursor: null,
  });

  const order = story.order('kim', 'tangerines', 3);
  story.read('read order', 'kim', `/orders/${order}`, { id: order, status: 'PENDING_PAYMENT', total: 3_000 });
  const payment = story.pay('kim', order);
  story.again();
  story.read('read payment', 'kim', `/payments/${payment}`, { id: payment, status: 'PAID', amount: 3_000 });
  story.refuse('pay', 'kim', '/payments', { orderId: order }, 'ORDER_ALREADY_PAID');
  story.refund('kim', payment);
  story.read('read order', 'kim', `/orders/${order}`, { id: order, status: 'REFUNDED', total: 3_000 });
  story.read('read transactions', 'kim', '/balance/transactions', {
    items: [
      { id: `back-${payment}`, type: 'REFUND', amount: 3_000, balanceAfter: 10_000 },
      { id: `of-${payment}`, type: 'PAYMENT', amount: -3_000, balanceAfter: 7_000 },
      { id: 'charge-1', type: 'CHARGE', amount: 10_000, balanceAfter: 10_000 },
    ],
    nextCursor: null,
  });

  const free = story.order('lee', 'tangerines', 1, { id: 'friday', discount: 1_000 });
  story.pay('lee', free);
  story.cancel('lee', story.order('lee', 'tangerines', 2));
  story.restock('tangerines', 5);
  story.wait(2_000);
  story.read('read product', 'kim', '/products/fruit', { options: [{ id: 'tangerines', stock: 14 }] });
  story.read('read products', 'kim', '/products', { items: [{ options: [{ id: 'tangerines', stock: 14 }] }] });
  story.read('read ranking', 'kim', '/products/rank', {
    generatedAt: '2026-11-22T14:15:00.000Z',
    items: [
      { rank: 1, soldQuantity: 3 },
      { rank: 2, soldQuantity: 3 },
    ],
  });
  story.call({
    action: 'noise',
    userId: 'lee',
    path: '/payments',
    expected: 404,
    verdict: 'refused',
    status: 404,
    code: 'ORDER_NOT_FOUND',
    answer: { status: 404, code: 'ORDER_NOT_FOUND' },
  });
  return story.tale;
}

/** The nth call of a kind, to be lied about. */
export function callOf({ calls }: Tale, action: Action, nth = 0): Mutable {
  return calls.filter((call) => call.action === action)[nth]!;
}

type Mutable = { -readonly [Field in keyof Call]: Call[Field] };

/** What each checker that found something has found. */
export function found(evidence: Evidence): Record<string, string[]> {
  const all = CHECKERS.map(({ name, check }) => [name, check(evidence)] as const);
  return Object.fromEntries(all.filter(([, problems]) => problems.length > 0));
}

/** The kinds of what checker 1 finds, once it is sure that no other checker finds anything. */
export function kindsIn(tale: Tale): string[] {
  expect(Object.keys(found(tale))).toEqual(['effects']);
  return effectFindings(tale).map(({ kind }) => kind);
}
