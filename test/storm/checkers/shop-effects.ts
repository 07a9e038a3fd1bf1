import { type Account, accountFor, type Finding, unlessSame } from './accounting';
import type { BookedIssue, BookedOrder, Evidence } from './evidence';
import { listIn, numberIn, targetOf, textIn } from './fields';
import { type Operation, operationsBy } from './operations';

/** Orders, cancellations, coupons and stock. */
export function shopEffects(evidence: Evidence): Finding[] {
  return [
    ...accountFor(orders(evidence)),
    ...accountFor(cancellations(evidence)),
    ...accountFor(issues(evidence)),
    ...restocks(evidence),
  ];
}

function orders(evidence: Evidence): Account<BookedOrder> {
  return {
    what: 'order',
    rows: evidence.books.orders,
    operations: operationsBy(evidence)('order'),
    idOf: ({ id }) => id,
    toldId: ({ reply }) => textIn(reply?.answer, 'id'),
    intentOf: ({ userId, body }) => `${userId}, ${asked(body)}, coupon ${textIn(body, 'couponId') ?? null}`,
    intentIn: ({ userId, lines, couponId }) => `${userId}, ${asked({ lines })}, coupon ${couponId}`,
    differences: (row, { userId, body, reply }) => [
      ...unlessSame('user', userId, row.userId),
      ...unlessSame('lines', asked(body), asked(row)),
      ...unlessSame('answered lines', priced(row), priced(reply?.answer)),
      ...unlessSame('coupon', textIn(body, 'couponId') ?? null, row.couponId),
      ...unlessSame('answered total', row.total, numberIn(reply?.answer, 'total')),
    ],
  };
}

/** Options and quantities; an option that is named twice is added up. */
function asked(value: unknown): string {
  const quantities = new Map<string, number>();
  for (const line of listIn(value, 'lines') ?? []) {
    const optionId = textIn(line, 'optionId') ?? '?';
    quantities.set(optionId, (quantities.get(optionId) ?? 0) + (numberIn(line, 'quantity') ?? 0));
  }
  const lines = [...quantities].map(([optionId, quantity]) => `${quantity} x ${optionId}`);
  return lines.sort().join(' + ');
}

function priced(value: unknown): string {
  const lines = (listIn(value, 'lines') ?? []).map(
    (line) => `${numberIn(line, 'quantity')} x ${textIn(line, 'optionId')} at ${numberIn(line, 'unitPrice')}`,
  );
  return lines.sort().join(' + ');
}

function cancellations(evidence: Evidence): Account<BookedOrder> {
  return {
    what: 'cancelled order',
    rows: evidence.books.orders.filter(({ status }) => status === 'CANCELLED'),
    operations: operationsBy(evidence)('cancel'),
    idOf: ({ id }) => id,
    toldId: ({ path }) => targetOf(path),
    intentOf: ({ userId, path }) => `${userId}, order ${targetOf(path)}`,
    intentIn: ({ userId, id }) => `${userId}, order ${id}`,
    differences: (row, { userId, reply }) => [
      ...unlessSame('user', userId, row.userId),
      ...unlessSame('answered order', row.id, textIn(reply?.answer, 'id')),
      ...unlessSame('answered status', 'CANCELLED', textIn(reply?.answer, 'status')),
    ],
  };
}

function issues(evidence: Evidence): Account<BookedIssue> {
  const intentOf = ({ userId, path }: Operation) => `${userId}, coupon ${targetOf(path)}`;
  const intentIn = ({ userId, couponId }: BookedIssue) => `${userId}, coupon ${couponId}`;
  return {
    what: 'issued coupon of',
    rows: evidence.books.issuedCoupons,
    operations: operationsBy(evidence)('issue'),
    idOf: intentIn,
    toldId: intentOf,
    intentOf,
    intentIn,
    differences: (row, { reply }) => [
      ...unlessSame('answered coupon', row.couponId, textIn(reply?.answer, 'couponId')),
      ...unlessSame('answered sequence', row.sequence, numberIn(reply?.answer, 'sequence')),
    ],
  };
}

/** Movements carry no key, so they are counted: as many of an option and delta as were acknowledged; open ones may be there too. */
function restocks(evidence: Evidence): Finding[] {
  const counts = new Map<string, { done: number; open: number; booked: number }>();
  const countOf = (optionId: string | undefined, delta: number | undefined) => {
    const name = `${delta} units for option ${optionId}`;
    const count = counts.get(name) ?? { done: 0, open: 0, booked: 0 };
    counts.set(name, count);
    return count;
  };
  for (const { path, body, outcome } of operationsBy(evidence)('restock')) {
    const delta = numberIn(body, 'delta');
    // A delta of 0 is acknowledged and leaves no trace.
    if (outcome !== 'refused' && delta !== 0) countOf(targetOf(path), delta)[outcome] += 1;
  }
  for (const { kind, optionId, quantity } of evidence.books.movements) {
    if (kind === 'RESTOCK') countOf(optionId, quantity).booked += 1;
  }
  return [...counts].flatMap(([name, { done, open, booked }]): Finding[] => {
    const text = `${done} restocks of ${name} were acknowledged and ${booked} are in the books`;
    if (booked < done) return Array<Finding>(done - booked).fill({ kind: 'lost', text });
    const tooMany = Math.max(0, booked - done - open);
    return Array<Finding>(tooMany).fill({ kind: done > 0 ? 'double' : 'unasked', text });
  });
}
