import { rowsOf, type Since } from '@app/platform';

/**
 * Orders that were placed, paid or refunded lately, with everything that belongs to them, for the audit. Whatever is new
 * names an order, by itself or by its payment; what is new and names none that is there is looked at as well.
 */
export const paidLately = ({ id }: Since): string => `
  touched AS (
    SELECT id AS order_id FROM orders WHERE id >= ${id}
    UNION SELECT id FROM orders WHERE payment_id >= ${id}
    UNION SELECT order_id FROM payment WHERE id >= ${id}
    UNION SELECT order_id FROM stock_movement WHERE id >= ${id}
    UNION SELECT p.order_id FROM balance_transaction t JOIN payment p ON p.id = t.reference_id WHERE t.id >= ${id}
    UNION SELECT p.order_id FROM outbox_event e JOIN payment p ON p.id = e.subject_id WHERE e.id >= ${id}),
  orders AS MATERIALIZED (${rowsOf('orders', 'id', 'touched.order_id')}),
  order_line AS MATERIALIZED (${rowsOf('order_line', 'order_id', 'touched.order_id')}),
  payment AS MATERIALIZED (${rowsOf('payment', 'order_id', 'touched.order_id')}),
  stock_movement AS MATERIALIZED (${rowsOf('stock_movement', 'order_id', 'touched.order_id')}),
  balance_transaction AS MATERIALIZED (
    SELECT * FROM balance_transaction WHERE id >= ${id}
    UNION ALL SELECT * FROM (${rowsOf('balance_transaction', 'reference_id', 'payment.id')}) older WHERE id < ${id}),
  outbox_event AS MATERIALIZED (
    SELECT * FROM outbox_event WHERE id >= ${id}
    UNION ALL SELECT * FROM (${rowsOf('outbox_event', 'subject_id', 'payment.id')}) older WHERE id < ${id})`;
