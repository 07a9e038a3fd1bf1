import { priceOf, timeOf } from './round-sql';
import { OPENING_STOCK, OPTIONS, PRODUCTS, type SeedPlan, YEARS } from './seed-plan';

/** What is there before the first order. Products have as many options each. */
export function openShop(plan: SeedPlan): readonly string[] {
  const opened = `${timeOf(plan)} - interval '${YEARS} years 1 day'`;
  return [
    'DROP SCHEMA IF EXISTS seed CASCADE',
    'CREATE SCHEMA seed',
    `INSERT INTO product (id, name, description, on_sale, created_at)
     SELECT uuidv7(), '상품 ' || i, '', true, ${opened} + i * interval '1 second' FROM generate_series(1, ${PRODUCTS}) AS i`,
    `CREATE UNLOGGED TABLE seed.option AS
     SELECT number, uuidv7() AS id, p.id AS product_id, p.name AS product_name, '옵션 ' || number AS name,
            ${priceOf('number')}::bigint AS price
       FROM generate_series(0, ${OPTIONS - 1}) AS number
       JOIN (SELECT id, name, row_number() OVER (ORDER BY id) - 1 AS place FROM product) p
         ON p.place = number % ${PRODUCTS}`,
    `INSERT INTO stock_movement (id, option_id, kind, quantity, created_at)
     SELECT uuidv7(), id, 'INITIAL', ${OPENING_STOCK}, ${opened} FROM seed.option`,
    `CREATE UNLOGGED TABLE seed.customer AS
     SELECT customer, 0::bigint AS amount, 0 AS last_sequence FROM generate_series(0, ${plan.customers - 1}) AS customer`,
    'ANALYZE seed.option, seed.customer',
  ];
}

/** After a round its customers are those of the next. */
export const NEXT_ROUND = [
  'DROP TABLE seed.round, seed.customer',
  'ALTER TABLE seed.customer_after RENAME TO customer',
];

/** What follows from all orders together. */
export function closeBooks(plan: SeedPlan): readonly string[] {
  return [
    `INSERT INTO balance (user_id, amount, last_sequence)
     SELECT 'customer-' || lpad(customer::text, 7, '0'), amount, last_sequence FROM seed.customer`,
    `INSERT INTO product_option (id, product_id, name, price, on_hand, reserved)
     SELECT o.id, o.product_id, o.name, o.price, m.quantity, COALESCE(l.quantity, 0)
       FROM seed.option o
       JOIN (SELECT option_id, sum(quantity) AS quantity FROM stock_movement GROUP BY option_id) m ON m.option_id = o.id
       LEFT JOIN (SELECT option_id, sum(quantity) AS quantity FROM orders JOIN order_line ON order_id = id
                   WHERE status = 'PENDING_PAYMENT' GROUP BY option_id) l ON l.option_id = o.id
      ORDER BY o.id`,
    `INSERT INTO job_run (id, job, started_at, ended_at, rows)
     SELECT uuidv7(-i * interval '5 minutes'), job, ${timeOf(plan)} - i * interval '5 minutes',
            ${timeOf(plan)} - i * interval '5 minutes' + interval '1 second', 5
       FROM generate_series(1, 30 * 24 * 12) AS i, unnest(ARRAY['ranking', 'audit']) AS job`,
    'DROP SCHEMA seed CASCADE',
  ];
}

/** As the migration counts them in a shop that has sold already; once the orders can be found by time. */
export const COUNT_SALES = `
  INSERT INTO product_sales (hour, product_id, quantity, amount)
  SELECT date_trunc('hour', paid_at, 'UTC') AS hour, product_id, sum(quantity), sum(amount)
    FROM orders JOIN order_line ON order_id = id
   WHERE status = 'PAID' AND paid_at >= date_trunc('hour', now(), 'UTC') - interval '7 days'
   GROUP BY hour, product_id`;
