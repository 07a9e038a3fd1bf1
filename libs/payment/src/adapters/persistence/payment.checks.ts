import { type AuditCheck, unmatched } from '@app/platform';

/** A payment takes stock and money, and tells: what must hold between it and what it touched. */
export const PAYMENT_CHECKS: readonly AuditCheck[] = [
  {
    name: 'balance.reference',
    query: unmatched(
      `SELECT id AS "paymentId", 'PAYMENT' AS type, user_id AS "userId", -amount AS amount FROM payment WHERE amount > 0
       UNION ALL
       SELECT id, 'REFUND', user_id, amount FROM payment WHERE amount > 0 AND status = 'REFUNDED'`,
      `SELECT reference_id, type, user_id, amount FROM balance_transaction WHERE type <> 'CHARGE'`,
      '"paymentId", type, "userId", amount',
    ),
  },
  {
    // What was charged is in the ledger; what was paid and refunded is counted where it was decided.
    name: 'money.conserved',
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
      SELECT p.id AS "optionId", NULL::uuid AS "orderId", NULL AS kind, p.on_hand AS quantity,
             'on hand, but moved ' || COALESCE(m.quantity, 0) AS problem, 1::numeric AS times
        FROM product_option p
        LEFT JOIN (SELECT option_id, sum(quantity) AS quantity FROM stock_movement GROUP BY option_id) m
          ON m.option_id = p.id
       WHERE p.on_hand <> COALESCE(m.quantity, 0)
      UNION ALL
      SELECT "optionId", "orderId", kind, quantity, problem, times
        FROM (${unmatched(
          `SELECT l.option_id AS "optionId", l.order_id AS "orderId", due.kind, due.sign * l.quantity AS quantity
             FROM (VALUES ('SALE', -1, 'PAID'), ('SALE', -1, 'REFUNDED'), ('RETURN', 1, 'REFUNDED'))
                    AS due (kind, sign, status)
             JOIN orders o ON o.status = due.status JOIN order_line l ON l.order_id = o.id`,
          `SELECT option_id, order_id, kind, quantity FROM stock_movement WHERE kind IN ('SALE', 'RETURN')`,
          '"optionId", "orderId", kind, quantity',
        )}) AS moves`,
  },
  {
    // A delivered event is kept for 30 days after it was made and then purged: that an older one is gone proves nothing.
    // A day is left between the two, for the purge by its clock may be ahead of this look.
    name: 'outbox.once',
    query: `
      WITH due AS (
        SELECT id AS subject_id, 'order.paid' AS type, paid_at AS at FROM payment
        UNION ALL SELECT id, 'order.refunded', refunded_at FROM payment WHERE status = 'REFUNDED'),
      made AS (SELECT subject_id, type, count(*) AS events FROM outbox_event GROUP BY subject_id, type)
      SELECT subject_id AS "paymentId", type, due.at, COALESCE(made.events, 0) AS events
        FROM due FULL JOIN made USING (subject_id, type)
       WHERE due.subject_id IS NULL OR made.events > 1
          OR made.events IS NULL AND due.at > now() - interval '29 days'`,
  },
];
