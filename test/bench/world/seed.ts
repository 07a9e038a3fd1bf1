import { CUSTOMERS, FIRST_BALANCE, idIn, OPTIONS, ORDERED_OPTIONS, PAID_ORDERS, PRODUCTS, STOCK } from '../stage';

const CATALOGUE = [
  `INSERT INTO product (id, name, description, on_sale, created_at)
   SELECT ${idIn('product', 'n')}, 'Product ' || n, 'What there is to say about product ' || n || ', in a sentence or two.',
          true, now() - (${PRODUCTS} - n) * interval '1 minute'
     FROM generate_series(0, ${PRODUCTS - 1}) AS n`,
  `INSERT INTO product_option (id, product_id, name, price, on_hand, reserved)
   SELECT ${idIn('option', 'n')}, ${idIn('product', 'n / 2')}, 'Option ' || n % 2, 1000 + n % 10 * 100, ${STOCK}, 0
     FROM generate_series(0, ${OPTIONS - 1}) AS n`,
  `INSERT INTO stock_movement (id, option_id, kind, quantity, created_at)
   SELECT uuidv7(), id, 'INITIAL', on_hand, now() FROM product_option`,
];

const BALANCES = [
  `INSERT INTO balance (user_id, amount, last_sequence)
   SELECT 'customer-' || n, ${FIRST_BALANCE}, 1 FROM generate_series(0, ${CUSTOMERS - 1}) AS n`,
  `INSERT INTO balance_transaction (id, user_id, sequence, type, amount, balance_after, idempotency_key, created_at)
   SELECT uuidv7(), user_id, 1, 'CHARGE', amount, amount, 'first', now() FROM balance`,
];

/** Orders of two lines each that wait for payment, from the first number to the one before the last. */
export const PENDING_ORDERS = `
  WITH made AS (
    SELECT ${idIn('order', 'n')} AS id, 'customer-' || n % ${CUSTOMERS} AS user_id, n % ${ORDERED_OPTIONS} AS first,
           (n + 1 + n / ${ORDERED_OPTIONS} % ${ORDERED_OPTIONS - 2}) % ${ORDERED_OPTIONS} AS second
      FROM generate_series($1::integer, $2::integer - 1) AS n),
  line AS (
    SELECT made.id, made.user_id, position, o.id AS option_id, o.product_id, p.name AS product_name, o.name, o.price
      FROM made CROSS JOIN LATERAL (VALUES (0, first), (1, second)) AS place (position, number)
      JOIN product_option o ON o.id = ${idIn('option', '2 * number')} JOIN product p ON p.id = o.product_id),
  placed AS (
    INSERT INTO orders (id, user_id, status, subtotal, discount, total, placed_at, expires_at)
    SELECT id, user_id, 'PENDING_PAYMENT', sum(price), 0, sum(price), now(), now() + interval '1 day'
      FROM line GROUP BY id, user_id),
  listed AS (
    INSERT INTO order_line (order_id, option_id, position, product_id, product_name, option_name, unit_price, quantity,
                            amount)
    SELECT id, option_id, position, product_id, product_name, name, price, 1, price FROM line)
  UPDATE product_option o SET reserved = reserved + taken.units
    FROM (SELECT option_id, count(*) AS units FROM line GROUP BY option_id) AS taken WHERE o.id = taken.option_id`;

/** All orders that wait, of different customers, become paid ones. */
const PAY_ALL = `
  WITH paid AS MATERIALIZED (
    SELECT o.id AS order_id, user_id, o.total, b.amount - o.total AS rest, b.last_sequence + 1 AS sequence, uuidv7() AS id
      FROM orders o JOIN balance b USING (user_id) WHERE status = 'PENDING_PAYMENT'),
  settled AS (
    UPDATE orders o SET status = 'PAID', paid_at = now(), payment_id = paid.id FROM paid WHERE o.id = paid.order_id),
  debited AS (
    UPDATE balance b SET amount = rest, last_sequence = sequence FROM paid WHERE b.user_id = paid.user_id),
  told AS (
    INSERT INTO balance_transaction (id, user_id, sequence, type, amount, balance_after, reference_id, created_at)
    SELECT uuidv7(), user_id, sequence, 'PAYMENT', -total, rest, id, now() FROM paid),
  kept AS (
    INSERT INTO payment (id, order_id, user_id, status, subtotal, discount, amount, balance_after, paid_at)
    SELECT id, order_id, user_id, 'PAID', total, 0, total, rest, now() FROM paid),
  sold AS (
    INSERT INTO stock_movement (id, option_id, kind, quantity, order_id, created_at)
    SELECT uuidv7(), option_id, 'SALE', -quantity, order_id, now() FROM paid JOIN order_line USING (order_id)),
  reported AS (
    INSERT INTO outbox_event (id, type, subject_id, payload, status, next_attempt_at, delivered_at, created_at)
    SELECT uuidv7(), 'order.paid', id, jsonb_build_object('orderId', order_id), 'DELIVERED', now(), now(), now() FROM paid)
  UPDATE product_option o SET on_hand = on_hand - units, reserved = reserved - units
    FROM (SELECT option_id, sum(quantity) AS units FROM paid JOIN order_line USING (order_id) GROUP BY option_id) AS gone
   WHERE o.id = gone.option_id`;

/** Fills a migrated database, so that every invariant of the shop holds in it. The orders that wait come last. */
export async function seed(
  run: (text: string, values?: readonly unknown[]) => Promise<unknown>,
  pending: number,
): Promise<void> {
  for (const statement of [...CATALOGUE, ...BALANCES]) await run(statement);
  await run(PENDING_ORDERS, [0, PAID_ORDERS]);
  await run(PAY_ALL);
  await run(PENDING_ORDERS, [PAID_ORDERS, PAID_ORDERS + pending]);
  await run('VACUUM (FREEZE, ANALYZE)');
}

/** A coupon that everybody wants, and that does not run out. */
export const HOT_COUPON = `
  INSERT INTO coupon (id, name, discount_type, discount_value, min_order_amount, total_quantity, issued, valid_from,
                      valid_until, created_at)
  VALUES (${idIn('coupon', '$1::integer')}, 'The hot coupon ' || $1::integer, 'PERCENT', 10, 0, 10000000, 0,
          now() - interval '1 day', now() + interval '1 day', now())`;
