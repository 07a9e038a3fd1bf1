import type { Call } from '../history';
import type { BookedOrder, BookedPayment, Evidence } from './evidence';
import { numberIn, targetOf, textIn } from './fields';
import { nameOf, type Operation, operationsBy } from './operations';
import { answeredReads, refusedReads, seenBy } from './read-calls';

/** The operations that decided how an order or a payment ended, each by the id of what it was about. */
interface Endings {
  readonly placed: ReadonlyMap<string, Operation>;
  readonly cancelled: ReadonlyMap<string, Operation>;
  readonly paid: ReadonlyMap<string, Operation>;
  readonly refunded: ReadonlyMap<string, Operation>;
}

/** What an order shows is not older than what was acknowledged before, nor newer than what was begun; to its owner only. */
export function orderReads(evidence: Evidence): string[] {
  const orders = new Map(evidence.books.orders.map((order) => [order.id, order]));
  const placed = makersOf(evidence, 'order', ({ reply }) => textIn(reply?.answer, 'id'));
  const paid = makersOf(evidence, 'pay', ({ body }) => textIn(body, 'orderId'));
  const cancelled = makersOf(evidence, 'cancel', ({ path }) => targetOf(path));
  const refunds = makersOf(evidence, 'refund', ({ path }) => targetOf(path));
  const refunded = new Map<string, Operation>();
  for (const { id, orderId } of evidence.books.payments) {
    const refund = refunds.get(id);
    if (refund) refunded.set(orderId, refund);
  }
  const endings = { placed, paid, cancelled, refunded };
  return [
    ...problemsIn(answeredReads(evidence, 'read order'), (call) =>
      problemOfOrder(call, orders.get(targetOf(call.path) ?? ''), endings),
    ),
    ...hiddenFrom(evidence, 'read order', orders, placed),
  ];
}

export function paymentReads(evidence: Evidence): string[] {
  const payments = new Map(evidence.books.payments.map((payment) => [payment.id, payment]));
  const paid = makersOf(evidence, 'pay', ({ reply }) => textIn(reply?.answer, 'id'));
  const refunded = makersOf(evidence, 'refund', ({ path }) => targetOf(path));
  const endings = { placed: new Map(), cancelled: new Map(), paid, refunded };
  return [
    ...problemsIn(answeredReads(evidence, 'read payment'), (call) =>
      problemOfPayment(call, payments.get(targetOf(call.path) ?? ''), endings),
    ),
    ...hiddenFrom(evidence, 'read payment', payments, paid),
  ];
}

/** What is open may have happened, and never counts as settled. */
function makersOf(
  evidence: Evidence,
  action: Operation['action'],
  idOf: (operation: Operation) => string | undefined,
): ReadonlyMap<string, Operation> {
  const found = new Map<string, Operation>();
  for (const operation of operationsBy(evidence)(action)) {
    const id = operation.outcome === 'refused' ? undefined : idOf(operation);
    if (id !== undefined && (operation.outcome === 'done' || !found.has(id))) found.set(id, operation);
  }
  return found;
}

function problemsIn(calls: readonly Call[], problemOf: (call: Call) => string | undefined): string[] {
  return calls.flatMap((call) => {
    const problem = problemOf(call);
    return problem === undefined ? [] : [`${seenBy(call)} ${problem}`];
  });
}

function problemOfOrder(call: Call, order: BookedOrder | undefined, endings: Endings): string | undefined {
  if (!order) return 'an order that is not in the books';
  if (order.userId !== call.userId) return `an order of ${order.userId}`;
  if (numberIn(call.answer, 'total') !== order.total) return `a total that is not ${order.total}`;
  return problemOfStatus(call, order.id, 'PENDING_PAYMENT', endings);
}

function problemOfPayment(call: Call, payment: BookedPayment | undefined, endings: Endings): string | undefined {
  if (!payment) return 'a payment that is not in the books';
  if (payment.userId !== call.userId) return `a payment of ${payment.userId}`;
  if (numberIn(call.answer, 'amount') !== payment.amount) return `an amount that is not ${payment.amount}`;
  return problemOfStatus(call, payment.id, 'PAID', endings);
}

/** `first` is the status that it was made with. An order that nobody ended may expire at any time. */
function problemOfStatus(
  { answer, began, ended }: Call,
  id: string,
  first: 'PENDING_PAYMENT' | 'PAID',
  { paid, refunded, cancelled }: Endings,
): string | undefined {
  const status = textIn(answer, 'status') ?? 'no status';
  const steps: (readonly [string, Operation | undefined])[] = [
    ['PAID', paid.get(id)],
    ['REFUNDED', refunded.get(id)],
    ['CANCELLED', cancelled.get(id)],
  ];
  const possible = new Set(first === 'PAID' ? ['PAID'] : ['PENDING_PAYMENT', 'EXPIRED']);
  for (const [next, operation] of steps) {
    if (!operation) continue;
    if (operation.settled < began) possible.clear();
    if (operation.began < ended) possible.add(next);
  }
  if (possible.has(status)) return undefined;
  const known = steps.flatMap(([next, operation]) => (operation ? [`${next} by ${nameOf(operation)}`] : []));
  return `${status}, possible were ${[...possible].join(', ')}; ${known.join(', ') || 'nobody changed it'}`;
}

/** Its owner finds what was acknowledged. */
function hiddenFrom(
  evidence: Evidence,
  action: 'read order' | 'read payment',
  rows: ReadonlyMap<string, { readonly userId: string }>,
  made: ReadonlyMap<string, Operation>,
): string[] {
  return refusedReads(evidence, action).flatMap((call) => {
    const id = targetOf(call.path) ?? '';
    const maker = made.get(id);
    const wasThere = maker && maker.settled < call.began && (rows.get(id)?.userId ?? maker.userId) === call.userId;
    return wasThere ? [`${seenBy(call)} ${call.status} ${call.code}, but ${nameOf(maker)} had made it`] : [];
  });
}
