import { type Account, accountFor, type Finding, unlessSame } from './accounting';
import type { BookedOrder, BookedPayment, BookedTransaction, Evidence } from './evidence';
import { numberIn, targetOf, textIn } from './fields';
import { grouped } from './grouped';
import { operationsBy } from './operations';

/** Charges, payments, refunds, and the ledger rows that follow from them. */
export function moneyEffects(evidence: Evidence): Finding[] {
  return [
    ...accountFor(charges(evidence)),
    ...accountFor(payments(evidence)),
    ...accountFor(refunds(evidence)),
    ...ledgerOfPayments(evidence),
  ];
}

function charges(evidence: Evidence): Account<BookedTransaction> {
  return {
    what: 'charge',
    rows: evidence.books.transactions.filter(({ type }) => type === 'CHARGE'),
    operations: operationsBy(evidence)('charge'),
    idOf: ({ id }) => id,
    toldId: ({ reply }) => textIn(reply?.answer, 'transactionId'),
    intentOf: ({ userId, key }) => `${userId}, key ${key}`,
    intentIn: ({ userId, idempotencyKey }) => `${userId}, key ${idempotencyKey}`,
    differences: (row, { userId, key, body, reply }) => [
      ...unlessSame('user', userId, row.userId),
      ...unlessSame('key', key, row.idempotencyKey),
      ...unlessSame('amount', numberIn(body, 'amount'), row.amount),
      ...unlessSame('answered amount', row.amount, numberIn(reply?.answer, 'amount')),
    ],
  };
}

function payments(evidence: Evidence): Account<BookedPayment> {
  const orders = new Map(evidence.books.orders.map((order) => [order.id, order]));
  return {
    what: 'payment',
    rows: evidence.books.payments,
    operations: operationsBy(evidence)('pay'),
    idOf: ({ id }) => id,
    toldId: ({ reply }) => textIn(reply?.answer, 'id'),
    intentOf: ({ userId, body }) => `${userId}, order ${textIn(body, 'orderId')}`,
    intentIn: ({ userId, orderId }) => `${userId}, order ${orderId}`,
    differences: (row, { userId, body, reply }) => [
      ...unlessSame('user', userId, row.userId),
      ...unlessSame('order', textIn(body, 'orderId'), row.orderId),
      ...unlessSame('answered amount', row.amount, numberIn(reply?.answer, 'amount')),
      ...orderOfPayment(row, orders.get(row.orderId)),
    ],
  };
}

function orderOfPayment({ id, userId, amount, status }: BookedPayment, order: BookedOrder | undefined): string[] {
  if (!order) return ['its order is not in the books'];
  return [
    ...unlessSame(`status of order ${order.id}`, status, order.status),
    ...unlessSame(`payment of order ${order.id}`, id, order.paymentId),
    ...unlessSame(`user of order ${order.id}`, userId, order.userId),
    ...unlessSame(`total of order ${order.id}`, amount, order.total),
  ];
}

function refunds(evidence: Evidence): Account<BookedPayment> {
  return {
    what: 'refund of payment',
    rows: evidence.books.payments.filter(({ status }) => status === 'REFUNDED'),
    operations: operationsBy(evidence)('refund'),
    idOf: ({ id }) => id,
    toldId: ({ path }) => targetOf(path),
    intentOf: ({ userId, path }) => `${userId}, payment ${targetOf(path)}`,
    intentIn: ({ userId, id }) => `${userId}, payment ${id}`,
    differences: (row, { userId, reply }) => [
      ...unlessSame('user', userId, row.userId),
      ...unlessSame('answered payment', row.id, textIn(reply?.answer, 'id')),
      ...unlessSame('answered status', 'REFUNDED', textIn(reply?.answer, 'status')),
    ],
  };
}

/** One ledger row a payment and one a refund, of its amount, the last with its balance; none for what costs nothing. */
function ledgerOfPayments({ books }: Evidence): Finding[] {
  const rowsOf = grouped(
    books.transactions.filter(({ type }) => type !== 'CHARGE'),
    ({ type, referenceId }) => `${type} of payment ${referenceId}`,
  );
  const findings: Finding[] = [];
  const expect = (
    name: string,
    count: number,
    { userId, amount }: Pick<BookedTransaction, 'userId' | 'amount'>,
  ): void => {
    const rows = rowsOf.get(name) ?? [];
    rowsOf.delete(name);
    if (rows.length < count) findings.push({ kind: 'lost', text: `no ledger row for the ${name}` });
    if (rows.length > count) {
      findings.push({ kind: 'double', text: `${rows.length} ledger rows for the ${name}, not ${count}` });
    }
    for (const row of rows.slice(0, count)) {
      const differences = [...unlessSame('user', userId, row.userId), ...unlessSame('amount', amount, row.amount)];
      for (const text of differences) findings.push({ kind: 'wrong', text: `ledger row ${row.id}, ${name}: ${text}` });
    }
  };
  for (const { id, userId, amount, status, balanceAfter } of books.payments) {
    const [last] = rowsOf.get(`${status === 'REFUNDED' ? 'REFUND' : 'PAYMENT'} of payment ${id}`) ?? [];
    const differences = last ? unlessSame(`balance after payment ${id}`, last.balanceAfter, balanceAfter) : [];
    for (const text of differences) findings.push({ kind: 'wrong', text });
    const costs = amount > 0 ? 1 : 0;
    expect(`PAYMENT of payment ${id}`, costs, { userId, amount: -amount });
    expect(`REFUND of payment ${id}`, status === 'REFUNDED' ? costs : 0, { userId, amount });
  }
  for (const [name, rows] of rowsOf) {
    findings.push({ kind: 'unasked', text: `ledger row ${rows[0]?.id} is in the books, but no such ${name}` });
  }
  return findings;
}
