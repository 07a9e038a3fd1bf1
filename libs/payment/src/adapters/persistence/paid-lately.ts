import { MADE_LATELY } from '@app/platform';

/**
 * Orders that were placed, paid or refunded lately, with everything that belongs to them, for the audit. Whatever is new
 * names an order, by itself or by its payment; what is new and names none that is there is looked at as well.
 */
export const PAID_LATELY = `
  touched AS (
    SELECT id AS order_id FROM orders WHERE id >= ${MADE_LATELY}
    UNION SELECT id FROM orders WHERE payment_id >= ${MADE_LATELY}
    UNION SELECT order_id FROM payment WHERE id >= ${MADE_LATELY}
    UNION SELECT order_id FROM stock_movement WHERE id >= ${MADE_LATELY}
    UNION SELECT p.order_id FROM balance_transaction t JOIN payment p ON p.id = t.reference_id WHERE t.id >= ${MADE_LATELY}
    UNION SELECT p.order_id FROM outbox_event e JOIN payment p ON p.id = e.subject_id WHERE e.id >= ${MADE_LATELY}),
  orders AS (SELECT * FROM orders WHERE id IN (SELECT order_id FROM touched)),
  order_line AS (SELECT * FROM order_line WHERE order_id IN (SELECT order_id FROM touched)),
  payment AS (SELECT * FROM payment WHERE order_id IN (SELECT order_id FROM touched)),
  stock_movement AS (SELECT * FROM stock_movement WHERE order_id IN (SELECT order_id FROM touched)),
  balance_transaction AS (
    SELECT * FROM balance_transaction WHERE id >= ${MADE_LATELY}
    UNION ALL
    SELECT * FROM balance_transaction WHERE id < ${MADE_LATELY} AND reference_id IN (SELECT id FROM payment)),
  outbox_event AS (
    SELECT * FROM outbox_event WHERE id >= ${MADE_LATELY}
    UNION ALL
    SELECT * FROM outbox_event WHERE id < ${MADE_LATELY} AND subject_id IN (SELECT id FROM payment))`;
