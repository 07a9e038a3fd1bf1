import { type AuditCheck, rowsOf, type Since } from '@app/platform';
import { FIRST_HOUR } from './product-sales';

/** New orders and their lines: neither the lines nor the sums of an order ever change. */
const placedLately = ({ id }: Since): string => `
  orders AS (SELECT * FROM orders WHERE id >= ${id}),
  order_line AS (SELECT * FROM order_line WHERE order_id >= ${id})`;

/** Orders that were placed lately, or have moved stock: by then they were paid or refunded. */
const touched = ({ id }: Since): string => `
  touched AS (SELECT id FROM orders WHERE id >= ${id} UNION SELECT order_id FROM stock_movement WHERE id >= ${id})`;

/** All orders of those who got a coupon lately, or used one, with that coupon. */
const couponsTouched = (since: Since): string => `
  ${touched(since)},
  holder AS (
    SELECT coupon_id, user_id FROM issued_coupon WHERE issued_at >= ${since.at}
    UNION SELECT coupon_id, user_id FROM (${rowsOf('orders', 'id', 'touched.id')}) o WHERE coupon_id IS NOT NULL),
  customer AS (SELECT DISTINCT user_id FROM holder),
  issued_coupon AS MATERIALIZED (
    SELECT * FROM (${rowsOf('issued_coupon', 'user_id', 'customer.user_id')}) i JOIN holder USING (coupon_id, user_id)),
  orders AS MATERIALIZED (
    SELECT * FROM (${rowsOf('orders', 'user_id', 'customer.user_id')}) o JOIN holder USING (coupon_id, user_id))`;

/** The hours in which orders were paid that have moved stock lately. */
const hoursTouched = (since: Since): string => `
  ${touched(since)},
  hours AS (
    SELECT DISTINCT date_trunc('hour', paid_at, 'UTC') AS hour
      FROM (${rowsOf('orders', 'id', 'touched.id')}) o WHERE paid_at IS NOT NULL),
  orders AS MATERIALIZED (
    SELECT o.* FROM hours CROSS JOIN LATERAL (
      SELECT * FROM orders
       WHERE status = 'PAID' AND paid_at >= hours.hour AND paid_at < hours.hour + interval '1 hour' OFFSET 0) AS o),
  order_line AS MATERIALIZED (${rowsOf('order_line', 'order_id', 'orders.id')}),
  product_sales AS (SELECT * FROM product_sales WHERE hour IN (SELECT hour FROM hours))`;

/** What must hold for orders, and for the stock and the coupons that they hold. */
export const ORDER_CHECKS: readonly AuditCheck[] = [
  {
    name: 'order.sums',
    inParts: { lately: placedLately, along: ['orders.id', 'order_line.order_id'] },
    query: `
      SELECT COALESCE(o.id, l.order_id) AS "orderId", l.amount AS lines, o.subtotal, o.discount, o.total
        FROM orders o
        FULL JOIN (SELECT order_id, sum(amount) AS amount, bool_and(amount = unit_price * quantity) AS multiplied
                     FROM order_line GROUP BY order_id) l ON l.order_id = o.id
       WHERE o.subtotal IS DISTINCT FROM l.amount OR NOT l.multiplied
          OR o.total <> o.subtotal - o.discount OR o.discount NOT BETWEEN 0 AND o.subtotal`,
  },
  {
    name: 'order.sums',
    inParts: { lately: placedLately, along: ['orders.id', 'order_line.order_id'] },
    query: `
      SELECT order_id AS "orderId", option_id AS "optionId", count(*) AS lines
        FROM order_line GROUP BY order_id, option_id HAVING count(*) > 1`,
  },
  {
    // An order that has ended without a sale has let its coupon go: another order may hold it.
    name: 'order.coupon',
    inParts: { lately: placedLately, along: ['orders.id'] },
    query: `
      SELECT o.id AS "orderId", o.status, o.user_id AS "userId", o.coupon_id AS "couponId", o.discount,
             i.order_id AS "boundTo"
        FROM orders o LEFT JOIN issued_coupon i ON i.coupon_id = o.coupon_id AND i.user_id = o.user_id
       WHERE (o.discount > 0 OR o.coupon_id IS NOT NULL)
         AND (i.coupon_id IS NULL OR o.status IN ('PENDING_PAYMENT', 'PAID') AND i.order_id IS DISTINCT FROM o.id)`,
  },
  {
    name: 'stock.reserved',
    query: `
      SELECT p.id AS "optionId", p.reserved, COALESCE(l.quantity, 0) AS pending
        FROM product_option p
        LEFT JOIN (SELECT l.option_id, sum(l.quantity) AS quantity FROM orders o JOIN order_line l ON l.order_id = o.id
                    WHERE o.status = 'PENDING_PAYMENT' GROUP BY l.option_id) l ON l.option_id = p.id
       WHERE p.reserved <> COALESCE(l.quantity, 0)`,
  },
  {
    name: 'coupon.state',
    inParts: { lately: couponsTouched, along: ['orders.user_id', 'issued_coupon.user_id'] },
    query: `
      SELECT i.coupon_id AS "couponId", i.user_id AS "userId", i.status, COALESCE(o.pending, 0) AS pending,
             COALESCE(o.paid, 0) AS paid
        FROM issued_coupon i
        LEFT JOIN (SELECT coupon_id, user_id, count(*) FILTER (WHERE status = 'PENDING_PAYMENT') AS pending,
                          count(*) FILTER (WHERE status = 'PAID') AS paid
                     FROM orders WHERE coupon_id IS NOT NULL AND status IN ('PENDING_PAYMENT', 'PAID')
                    GROUP BY coupon_id, user_id) o USING (coupon_id, user_id)
       WHERE (i.status, COALESCE(o.pending, 0), COALESCE(o.paid, 0))
             NOT IN (('RESERVED', 1, 0), ('USED', 0, 1), ('AVAILABLE', 0, 0))`,
  },
  {
    // What rankings add up is what was sold in each hour that one of them may still ask for.
    name: 'ranking',
    inParts: { lately: hoursTouched, along: ['product_sales.hour', 'orders.paid_at'] },
    query: `
      SELECT hour, product_id AS "productId", c.quantity AS counted, s.quantity AS sold, c.amount AS "countedWon",
             s.amount AS "soldWon"
        FROM (SELECT * FROM product_sales WHERE hour >= ${FIRST_HOUR}) c
        FULL JOIN (SELECT date_trunc('hour', o.paid_at, 'UTC') AS hour, l.product_id, sum(l.quantity) AS quantity,
                          sum(l.amount) AS amount
                     FROM orders o JOIN order_line l ON l.order_id = o.id
                    WHERE o.status = 'PAID' AND o.paid_at >= ${FIRST_HOUR} GROUP BY 1, 2) s USING (hour, product_id)
       WHERE (COALESCE(c.quantity, 0), COALESCE(c.amount, 0)) <> (COALESCE(s.quantity, 0), COALESCE(s.amount, 0))`,
  },
];
