import { type AuditCheck, rowsOf } from '@app/platform';
import { paidLately } from './paid-lately';

/** What each state of a payment, and of its order, comes to: something was taken, and given back if it was refunded. */
const dueOf = (taken: string, givenBack: string): string =>
  `(VALUES ('PAID', '${taken}', -1), ('REFUNDED', '${taken}', -1), ('REFUNDED', '${givenBack}', 1))
     AS due (status, what, sign)`;

/** Payments of which no event of that type tells, though it would not have been purged. */
function untold(type: string, at: string): string {
  return `
      SELECT p.id, '${type}', 0, p.status FROM payment p
       WHERE ${at} > now() - interval '29 days'
         AND NOT EXISTS (SELECT FROM outbox_event e WHERE e.subject_id = p.id AND e.type = '${type}')`;
}

/** A payment takes stock and money, and tells: what must hold between it and what it touched. */
export const PAYMENT_CHECKS: readonly AuditCheck[] = [
  {
    // Each payment of more than nothing has a row in the ledger, and each refund of one: as much, of the same customer.
    // Two questions: a join of whole rows can be shared by several processes of the server, and needs neither sort nor sums.
    name: 'balance.reference',
    inParts: { lately: paidLately, along: ['payment.id', 'balance_transaction.reference_id'] },
    query: `
      SELECT reference_id AS "paymentId", type, p.user_id AS payer, t.user_id AS "userId", p.amount AS due, t.amount AS made
        FROM (SELECT payment.id AS reference_id, what AS type, user_id, sign * amount AS amount
                FROM payment JOIN ${dueOf('PAYMENT', 'REFUND')} USING (status)
               WHERE amount > 0) p
        FULL JOIN (SELECT reference_id, type, user_id, amount FROM balance_transaction WHERE type <> 'CHARGE') t
          USING (reference_id, type)
       WHERE (p.user_id, p.amount) IS DISTINCT FROM (t.user_id, t.amount)`,
  },
  {
    name: 'balance.reference',
    inParts: { lately: paidLately, along: ['payment.id', 'balance_transaction.reference_id'] },
    query: `
      SELECT reference_id AS "paymentId", type, count(*) AS times FROM balance_transaction
       WHERE reference_id IS NOT NULL GROUP BY reference_id, type HAVING count(*) > 1`,
  },
  {
    // What was charged is in the ledger; what was paid and refunded is counted where it was decided.
    name: 'money.conserved',
    inParts: {
      lately: ({ id }) => `
        customer AS (SELECT DISTINCT user_id FROM balance_transaction WHERE id >= ${id}),
        balance AS MATERIALIZED (${rowsOf('balance', 'user_id', 'customer.user_id')}),
        balance_transaction AS MATERIALIZED (${rowsOf('balance_transaction', 'user_id', 'customer.user_id')}),
        orders AS MATERIALIZED (${rowsOf('orders', 'user_id', 'customer.user_id')}),
        payment AS MATERIALIZED (${rowsOf('payment', 'order_id', 'orders.id')})`,
      along: ['balance_transaction.user_id', 'balance.user_id', 'payment.user_id'],
    },
    query: `
      SELECT balances, charges, refunds, payments
        FROM (SELECT COALESCE(sum(amount), 0) AS balances FROM balance) AS held,
             (SELECT COALESCE(sum(amount), 0) AS charges FROM balance_transaction WHERE type = 'CHARGE') AS charged,
             (SELECT COALESCE(sum(amount), 0) AS payments,
                     COALESCE(sum(amount) FILTER (WHERE status = 'REFUNDED'), 0) AS refunds FROM payment) AS paid
       WHERE balances <> charges + refunds - payments`,
  },
  {
    // A second payment of an order is one that its order does not name.
    name: 'payment.once',
    inParts: { lately: paidLately, along: ['orders.id', 'payment.order_id'] },
    query: `
      SELECT o.id AS "orderId", o.status AS "orderStatus", p.id AS "paymentId", p.status AS "paymentStatus", o.total,
             p.amount, o.user_id AS owner, p.user_id AS payer
        FROM orders o FULL JOIN payment p ON p.order_id = o.id
       WHERE (p.id IS NOT NULL OR o.payment_id IS NOT NULL OR o.status IN ('PAID', 'REFUNDED'))
         AND (o.payment_id, o.status, o.user_id, o.subtotal, o.discount, o.total, o.paid_at)
             IS DISTINCT FROM (p.id, p.status, p.user_id, p.subtotal, p.discount, p.amount, p.paid_at)`,
  },
  {
    name: 'stock.moves',
    query: `
      SELECT p.id AS "optionId", p.on_hand AS "onHand", COALESCE(m.quantity, 0) AS moved
        FROM product_option p
        LEFT JOIN (SELECT option_id, sum(quantity) AS quantity FROM stock_movement GROUP BY option_id) m
          ON m.option_id = p.id
       WHERE p.on_hand <> COALESCE(m.quantity, 0)`,
  },
  {
    // A line that was paid has its one sale, one that was refunded its one return as well, and no other line has any.
    name: 'stock.moves',
    inParts: { lately: paidLately, along: ['orders.id', 'order_line.order_id', 'stock_movement.order_id'] },
    query: `
      SELECT option_id AS "optionId", order_id AS "orderId", kind, l.quantity AS due, m.quantity AS made
        FROM (SELECT order_id, option_id, what AS kind, sign * quantity AS quantity
                FROM orders o JOIN order_line ON order_id = o.id JOIN ${dueOf('SALE', 'RETURN')} USING (status)) l
        FULL JOIN (SELECT order_id, option_id, kind, quantity FROM stock_movement WHERE kind NOT IN ('INITIAL', 'RESTOCK')) m
          USING (order_id, option_id, kind)
       WHERE l.quantity IS DISTINCT FROM m.quantity`,
  },
  {
    name: 'stock.moves',
    inParts: { lately: paidLately, along: ['orders.id', 'stock_movement.order_id'] },
    query: `
      SELECT option_id AS "optionId", order_id AS "orderId", kind, count(*) AS times FROM stock_movement
       WHERE order_id IS NOT NULL GROUP BY order_id, option_id, kind HAVING count(*) > 1`,
  },
  {
    // A delivered event is kept for 30 days after it was made and then purged: that an older one is gone proves nothing.
    // A day is left between the two, for the purge by its clock may be ahead of this look.
    name: 'outbox.once',
    inParts: { lately: paidLately, along: ['payment.id', 'outbox_event.subject_id'] },
    query: `
      SELECT made.subject_id AS "paymentId", made.type, made.events, p.status
        FROM (SELECT subject_id, type, count(*) AS events FROM outbox_event GROUP BY subject_id, type) made
        LEFT JOIN payment p ON p.id = made.subject_id
       WHERE made.events > 1 OR p.id IS NULL
          OR NOT (made.type = 'order.paid' OR made.type = 'order.refunded' AND p.status = 'REFUNDED')
      UNION ALL
      ${untold('order.paid', 'p.paid_at')}
      UNION ALL
      ${untold('order.refunded', 'p.refunded_at')}`,
  },
];
