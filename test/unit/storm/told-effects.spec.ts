import { callOf, goodDay, kindsIn } from './good-day';
import { Story } from './story';
import type { Tale } from './tale';

function aPayment(): Tale {
  const story = new Story();
  story.stock('tangerines', 10);
  story.charge('kim', 5_000);
  story.pay('kim', story.order('kim', 'tangerines', 2));
  return story.tale;
}

describe('what is not as it was told', () => {
  it.each<[string, (tale: Tale) => void]>([
    ['the amount that was asked for', (tale) => Object.assign(callOf(tale, 'charge'), { body: { amount: 9 } })],
    ['the answered amount', (tale) => amend(tale, 'charge', { amount: 9 })],
    ['the key of a charge', (tale) => Object.assign(tale.books.transactions[0]!, { idempotencyKey: 'other' })],
    ['the lines that were asked for', (tale) => Object.assign(callOf(tale, 'order'), { body: { lines: [] } })],
    ['the answered lines', (tale) => amend(tale, 'order', { lines: [] })],
    ['the answered total of the order', (tale) => amend(tale, 'order', { total: 1 })],
    ['the coupon of an order', (tale) => Object.assign(callOf(tale, 'order'), { body: bodyOfOrder(tale, 'friday') })],
    ['the answered amount of the payment', (tale) => amend(tale, 'pay', { amount: 1 })],
    ['the payment in the order', (tale) => Object.assign(tale.books.orders[0]!, { paymentId: null })],
    ['the status of the order', (tale) => Object.assign(tale.books.orders[0]!, { status: 'EXPIRED' })],
    ['the balance after the payment', (tale) => Object.assign(tale.books.payments[0]!, { balanceAfter: 1 })],
    ['the amount in the ledger', (tale) => Object.assign(tale.books.transactions[1]!, { amount: -1 })],
    ['the user in the order', (tale) => Object.assign(tale.books.orders[0]!, { userId: 'lee' })],
  ])('is %s', (_, lie) => {
    const tale = aPayment();
    lie(tale);

    expect(new Set(kindsIn(tale))).toEqual(new Set(['wrong']));
  });

  it.each<[string, Parameters<typeof callOf>[1], object]>([
    ['the status of a refund', 'refund', { status: 'PAID' }],
    ['the status of a cancelled order', 'cancel', { status: 'PENDING_PAYMENT' }],
    ['the order that was cancelled', 'cancel', { id: 'other' }],
    ['the coupon that was issued', 'issue', { couponId: 'other' }],
  ])('is %s', (_, action, lie) => {
    const tale = goodDay();
    amend(tale, action, lie);

    expect(kindsIn(tale)).toEqual(['wrong']);
  });

  function amend(tale: Tale, action: Parameters<typeof callOf>[1], lie: object): void {
    const call = callOf(tale, action);
    call.answer = { ...(call.answer as object), ...lie };
  }

  function bodyOfOrder(tale: Tale, couponId: string): object {
    return { ...(callOf(tale, 'order').body as object), couponId };
  }
});
