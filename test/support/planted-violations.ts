import type { ShopOfAllStates } from './shop-of-all-states';

/** A ledger row that continues what is there, so that balance, sum and chain stay right. */
const move = (userId: string, type: string, amount: number, reference = 'NULL', key = `'planted'`) => [
  `UPDATE balance SET amount = amount + ${amount}, last_sequence = last_sequence + 1 WHERE user_id = '${userId}'`,
  `INSERT INTO balance_transaction
          (id, user_id, sequence, type, amount, balance_after, reference_id, idempotency_key, created_at)
   SELECT uuidv7(), user_id, last_sequence, '${type}', ${amount}, amount, ${reference}, ${key}, now()
     FROM balance WHERE user_id = '${userId}'`,
];

const drop = (table: string, ...constraints: string[]) =>
  constraints.map((constraint) => `ALTER TABLE ${table} DROP CONSTRAINT ${constraint} CASCADE`);

const LAST = 'sequence = (SELECT last_sequence FROM balance b WHERE b.user_id = balance_transaction.user_id)';

/** The ranking with other items. */
const ranked = (items: string) => `UPDATE ranking_snapshot SET items = (${items})`;
const ITEM = `jsonb_array_elements(items) WITH ORDINALITY AS i (item, place)`;

/** What is planted, how often each check should find it (and why more than one does), and how it is planted. */
type Plan = [what: string, found: Record<string, number>, statements: (books: ShopOfAllStates) => string[]];

/** Statements that no constraint of the schema would let pass drop it first. */
export const PLANTED_VIOLATIONS: readonly Plan[] = [
  [
    'a balance above the limit',
    { 'balance.bounds': 1 },
    ({ spent }) => [
      ...drop('balance', 'balance_amount_in_range'),
      ...drop('balance_transaction', 'balance_transaction_after_in_range'),
      ...move(spent, 'CHARGE', 1_000_000_001),
    ],
  ],
  [
    'a balance below 0',
    { 'balance.bounds': 1, 'balance.sign': 1 }, // nothing but a negative charge takes below 0 what is paid for
    ({ spent }) => [
      ...drop('balance', 'balance_amount_in_range'),
      ...drop('balance_transaction', 'balance_transaction_after_in_range', 'balance_transaction_sign_fits_type'),
      ...move(spent, 'CHARGE', -1),
    ],
  ],
  [
    'a won that moved from one balance to another',
    { 'balance.sum': 2 },
    ({ paid, refunded }) => [
      `UPDATE balance SET amount = amount - 1 WHERE user_id = '${paid.userId}'`,
      `UPDATE balance SET amount = amount + 1 WHERE user_id = '${refunded.userId}'`,
    ],
  ],
  [
    'a ledger without a balance',
    { 'balance.sum': 1 },
    ({ spent }) => [
      ...drop('balance_transaction', 'balance_transaction_user_id_fkey'),
      `DELETE FROM balance WHERE user_id = '${spent}'`,
    ],
  ],
  [
    'a balance after that does not follow',
    { 'balance.chain': 1 },
    ({ paid }) => [
      `UPDATE balance_transaction SET balance_after = balance_after + 1 WHERE user_id = '${paid.userId}' AND ${LAST}`,
    ],
  ],
  [
    'a gap in the sequence, of which the balance knows',
    { 'balance.chain': 1 },
    ({ paid }) => [
      `UPDATE balance SET last_sequence = last_sequence + 1 WHERE user_id = '${paid.userId}'`,
      `UPDATE balance_transaction SET sequence = sequence + 1 WHERE user_id = '${paid.userId}' AND type = 'PAYMENT'`,
    ],
  ],
  [
    'a balance that counts a row too many',
    { 'balance.chain': 1 },
    ({ paid }) => [`UPDATE balance SET last_sequence = last_sequence + 1 WHERE user_id = '${paid.userId}'`],
  ],
  [
    'two rows of one number, each of which follows the one before',
    { 'balance.chain': 1 },
    ({ paid }) => [
      ...drop('balance_transaction', 'balance_transaction_sequence_once'),
      ...move(paid.userId, 'CHARGE', 500),
      `UPDATE balance SET last_sequence = last_sequence - 1 WHERE user_id = '${paid.userId}'`,
      `UPDATE balance_transaction SET sequence = 2, balance_after = 50500
        WHERE user_id = '${paid.userId}' AND sequence = 3`,
    ],
  ],
  [
    'a charge that takes',
    { 'balance.sign': 1 },
    ({ paid }) => [
      ...drop('balance_transaction', 'balance_transaction_sign_fits_type'),
      ...move(paid.userId, 'CHARGE', -1),
    ],
  ],
  [
    'a ledger row of a payment that is not there',
    { 'balance.reference': 2 }, // the payment that is there lacks one
    ({ paid }) => [
      `UPDATE balance_transaction SET reference_id = gen_random_uuid() WHERE reference_id = '${paid.paymentId}'`,
    ],
  ],
  [
    'a refund in the ledger that the payment knows nothing of',
    { 'balance.reference': 1, 'money.conserved': 1 }, // it is money out of nothing, too
    ({ paid }) => move(paid.userId, 'REFUND', 500, `'${paid.paymentId}'`, 'NULL'),
  ],
  [
    'a refund of no payment',
    { 'balance.reference': 1, 'money.conserved': 1 },
    ({ paid }) => [
      ...drop('balance_transaction', 'balance_transaction_reference_fits_type'),
      ...move(paid.userId, 'REFUND', 500, 'NULL', 'NULL'),
    ],
  ],
  [
    'a payment that is there twice in the ledger',
    { 'balance.reference': 1, 'money.conserved': 1 }, // it was taken once too often
    ({ paid }) => [
      ...drop('balance_transaction', 'balance_transaction_reference_once'),
      ...move(paid.userId, 'PAYMENT', -2_000, `'${paid.paymentId}'`, 'NULL'),
    ],
  ],
  [
    'money out of nothing',
    { 'balance.sum': 1, 'money.conserved': 1 }, // whose it is, and that it is
    ({ paid }) => [`UPDATE balance SET amount = amount + 1 WHERE user_id = '${paid.userId}'`],
  ],
  [
    'a second payment of an order',
    { 'payment.once': 1 },
    ({ paid }) => [
      ...drop('payment', 'payment_once_an_order'),
      `INSERT INTO payment SELECT uuidv7(), order_id, user_id, status, 0, 0, 0, balance_after, paid_at
         FROM payment WHERE id = '${paid.paymentId}'`,
      `INSERT INTO outbox_event (id, type, subject_id, payload, status, next_attempt_at, created_at)
       SELECT uuidv7(), 'order.paid', id, '{}', 'PENDING', now(), now() FROM payment WHERE amount = 0`,
    ],
  ],
  [
    'a payment by somebody else',
    { 'payment.once': 1, 'balance.reference': 1 }, // it was taken from the owner's balance, not from the payer's
    ({ paid, spent }) => [`UPDATE payment SET user_id = '${spent}' WHERE id = '${paid.paymentId}'`],
  ],
  [
    'a payment of an order that is not paid',
    { 'payment.once': 1 },
    ({ cancelled }) => [
      `INSERT INTO payment SELECT uuidv7(), id, user_id, 'PAID', 0, 0, 0, 0, now()
         FROM orders WHERE id = '${cancelled.orderId}'`,
      `INSERT INTO outbox_event (id, type, subject_id, payload, status, next_attempt_at, created_at)
       SELECT uuidv7(), 'order.paid', id, '{}', 'PENDING', now(), now() FROM payment WHERE amount = 0`,
    ],
  ],
  [
    'an order that costs more than its lines',
    { 'order.sums': 1 },
    ({ cancelled }) => [
      `UPDATE orders SET subtotal = subtotal + 1, total = total + 1 WHERE id = '${cancelled.orderId}'`,
    ],
  ],
  [
    'a line that costs more than price times quantity',
    { 'order.sums': 1 },
    ({ cancelled }) => [
      ...drop('order_line', 'order_line_amount_is_price_times_quantity'),
      `UPDATE order_line SET amount = amount + 1 WHERE order_id = '${cancelled.orderId}'`,
      `UPDATE orders SET subtotal = subtotal + 1, total = total + 1 WHERE id = '${cancelled.orderId}'`,
    ],
  ],
  [
    'two lines of one option',
    { 'order.sums': 1 },
    ({ cancelled }) => [
      ...drop('order_line', 'order_line_pkey'),
      `INSERT INTO order_line SELECT * FROM order_line WHERE order_id = '${cancelled.orderId}'`,
      `UPDATE orders SET subtotal = 2 * subtotal, total = 2 * subtotal - discount WHERE id = '${cancelled.orderId}'`,
    ],
  ],
  [
    'an order without lines',
    { 'order.sums': 1 },
    ({ expired }) => [`DELETE FROM order_line WHERE order_id = '${expired.orderId}'`],
  ],
  [
    'a total that is not subtotal less discount',
    { 'order.sums': 1 },
    ({ cancelled }) => [
      ...drop('orders', 'orders_total_is_subtotal_less_discount'),
      `UPDATE orders SET total = total + 1 WHERE id = '${cancelled.orderId}'`,
    ],
  ],
  [
    'a discount above the subtotal',
    { 'order.sums': 1 },
    ({ cancelled }) => [
      ...drop('orders', 'orders_discount_at_most_subtotal'),
      `UPDATE orders SET discount = subtotal + 1, total = -1 WHERE id = '${cancelled.orderId}'`,
    ],
  ],
  [
    'a discount without a coupon',
    { 'order.coupon': 1 },
    ({ cancelled }) => [
      ...drop('orders', 'orders_discount_needs_coupon'),
      `UPDATE orders SET coupon_id = NULL WHERE id = '${cancelled.orderId}'`,
    ],
  ],
  [
    'a coupon that is bound to another order',
    { 'order.coupon': 1 },
    ({ paid }) => [`UPDATE issued_coupon SET order_id = gen_random_uuid() WHERE order_id = '${paid.orderId}'`],
  ],
  [
    'less on hand than is reserved',
    { 'stock.bounds': 1 },
    ({ reserved }) => [
      ...drop('product_option', 'product_option_reserved_at_most_on_hand'),
      `INSERT INTO stock_movement SELECT uuidv7(), '${reserved.optionId}', 'RESTOCK', -9, NULL, now()`,
      `UPDATE product_option SET on_hand = on_hand - 9 WHERE id = '${reserved.optionId}'`,
    ],
  ],
  [
    'less than nothing reserved',
    { 'stock.bounds': 1, 'stock.reserved': 1 }, // no orders hold less than nothing
    ({ bestSellers }) => [
      ...drop('product_option', 'product_option_reserved_at_most_on_hand'),
      `UPDATE product_option SET reserved = -1 WHERE id = '${bestSellers[0].optionId}'`,
    ],
  ],
  [
    'a reservation that no order holds',
    { 'stock.reserved': 1 },
    ({ reserved }) => [`UPDATE product_option SET reserved = reserved + 1 WHERE id = '${reserved.optionId}'`],
  ],
  [
    'stock that nobody moved there',
    { 'stock.moves': 1 },
    ({ reserved }) => [`UPDATE product_option SET on_hand = on_hand + 1 WHERE id = '${reserved.optionId}'`],
  ],
  [
    'a sale to an order that was cancelled',
    { 'stock.moves': 1 },
    ({ cancelled, bestSellers: [{ optionId }] }) => [
      `INSERT INTO stock_movement
       VALUES (uuidv7(), '${optionId}', 'SALE', -1, '${cancelled.orderId}', now())`,
      `UPDATE product_option SET on_hand = on_hand - 1 WHERE id = '${optionId}'`,
    ],
  ],
  [
    'a refund whose goods did not come back',
    { 'stock.moves': 1 },
    ({ refunded, reserved: { optionId } }) => [
      `DELETE FROM stock_movement WHERE order_id = '${refunded.orderId}' AND kind = 'RETURN'`,
      `UPDATE product_option SET on_hand = on_hand - 4 WHERE id = '${optionId}'`,
    ],
  ],
  [
    'goods that were taken twice for one line',
    { 'stock.moves': 1 },
    ({ paid, bestSellers: [{ optionId }] }) => [
      ...drop('stock_movement', 'stock_movement_once_an_order'),
      `INSERT INTO stock_movement SELECT uuidv7(), option_id, kind, quantity, order_id, created_at
         FROM stock_movement WHERE order_id = '${paid.orderId}'`,
      `UPDATE product_option SET on_hand = on_hand - 5 WHERE id = '${optionId}'`,
    ],
  ],
  [
    'a coupon that was counted and given to nobody',
    { 'coupon.count': 1 },
    () => ['UPDATE coupon SET issued = issued + 1, total_quantity = total_quantity + 1'],
  ],
  [
    'more coupons than there are',
    { 'coupon.count': 1 },
    () => [...drop('coupon', 'coupon_issued_at_most_total'), 'UPDATE coupon SET total_quantity = total_quantity - 1'],
  ],
  [
    'a gap in the numbers of a coupon',
    { 'coupon.count': 1 },
    ({ paid }) => [`UPDATE issued_coupon SET sequence = 99 WHERE user_id = '${paid.userId}'`],
  ],
  [
    'two coupons for one user',
    { 'coupon.once': 1 },
    ({ cancelled }) => [
      ...drop('issued_coupon', 'issued_coupon_pkey'),
      'UPDATE coupon SET issued = issued + 1, total_quantity = total_quantity + 1',
      `INSERT INTO issued_coupon SELECT coupon_id, user_id, 6, status, order_id, issued_at
         FROM issued_coupon WHERE user_id = '${cancelled.userId}'`,
    ],
  ],
  [
    'a coupon that was issued before its time',
    { 'coupon.once': 1 },
    ({ paid }) => [
      `UPDATE issued_coupon i SET issued_at = c.valid_from - interval '1 millisecond'
         FROM coupon c WHERE i.user_id = '${paid.userId}'`,
    ],
  ],
  [
    'a coupon that was issued when its time was over',
    { 'coupon.once': 1 },
    ({ paid }) => [
      `UPDATE issued_coupon i SET issued_at = c.valid_until FROM coupon c WHERE i.user_id = '${paid.userId}'`,
    ],
  ],
  [
    'a coupon that is used up for an order that was refunded',
    { 'coupon.state': 1 },
    ({ refunded }) => [
      `UPDATE issued_coupon SET status = 'USED', order_id = '${refunded.orderId}'
        WHERE user_id = '${refunded.userId}'`,
    ],
  ],
  [
    'a coupon that is still reserved for a paid order',
    { 'coupon.state': 1 },
    ({ paid }) => [`UPDATE issued_coupon SET status = 'RESERVED' WHERE user_id = '${paid.userId}'`],
  ],
  [
    'a payment that nobody is told of',
    { 'outbox.once': 1 },
    ({ refunded }) => [`DELETE FROM outbox_event WHERE subject_id = '${refunded.paymentId}' AND type = 'order.paid'`],
  ],
  [
    'a refund that did not happen and is told',
    { 'outbox.once': 1 },
    ({ paid }) => [
      `INSERT INTO outbox_event (id, type, subject_id, payload, status, next_attempt_at, created_at)
       VALUES (uuidv7(), 'order.refunded', '${paid.paymentId}', '{}', 'PENDING', now(), now())`,
    ],
  ],
  [
    'a payment that is told twice',
    { 'outbox.once': 1 },
    ({ paid }) => [
      ...drop('outbox_event', 'outbox_event_once'),
      `INSERT INTO outbox_event (id, type, subject_id, payload, status, next_attempt_at, created_at)
       VALUES (uuidv7(), 'order.paid', '${paid.paymentId}', '{}', 'PENDING', now(), now())`,
    ],
  ],
  [
    'a delivery without its time',
    { 'outbox.delivered': 1 },
    ({ paid }) => [
      ...drop('outbox_event', 'outbox_event_delivery_time_fits_status'),
      `UPDATE outbox_event SET status = 'DELIVERED' WHERE subject_id = '${paid.paymentId}'`,
    ],
  ],
  [
    'a key without a result',
    { idempotency: 1 },
    () => [
      `INSERT INTO idempotency_key (user_id, key, claim_id, fingerprint) VALUES ('kim', 'k', gen_random_uuid(), '')`,
    ],
  ],
  ...['invalid', 'unauthenticated', 'too-many', 'unavailable', 'internal'].map(
    (kind): Plan => [
      `a key that remembers a refusal that is ${kind}`,
      { idempotency: 1 },
      () => [
        ...drop('idempotency_key', 'idempotency_key_only_outcomes'),
        `INSERT INTO idempotency_key (user_id, key, claim_id, fingerprint, outcome)
         VALUES ('kim', 'k', gen_random_uuid(), '', '{"refusal":{"kind":"${kind}","code":"C"}}')`,
      ],
    ],
  ),
  [
    'a key that remembers a charge of which the ledger knows nothing',
    { idempotency: 1 },
    () => [
      `INSERT INTO idempotency_key (user_id, key, claim_id, fingerprint, outcome)
       VALUES ('kim', 'k', gen_random_uuid(), '', '{"value":{"transactionId":"${'0'.repeat(32)}","amount":1}}')`,
    ],
  ],
  [
    'one key on two charges, long after it was forgotten',
    { idempotency: 1 },
    ({ paid }) => [
      ...drop('balance_transaction', 'balance_transaction_key_once'),
      'DELETE FROM idempotency_key',
      ...move(paid.userId, 'CHARGE', 1),
      ...move(paid.userId, 'CHARGE', 1),
    ],
  ],
  [
    'a sale that the hours did not count',
    { ranking: 1 },
    ({ bestSellers: [{ productId }] }) => [`DELETE FROM product_sales WHERE product_id = '${productId}'`],
  ],
  [
    'an hour that counts what was refunded',
    { ranking: 1 },
    ({ reserved: { productId } }) => [
      `UPDATE product_sales SET quantity = 4, amount = 4000 WHERE product_id = '${productId}'`,
    ],
  ],
  [
    'an hour that counts a won too many',
    { ranking: 1 },
    () => ['UPDATE product_sales SET amount = amount + 1 WHERE quantity = 5'],
  ],
  ['a ranking that counts one too many', { ranking: 1 }, () => [ranked(`jsonb_set(items, '{0,soldQuantity}', '6')`)]],
  ['a ranking that counts one too few', { ranking: 1 }, () => [ranked(`jsonb_set(items, '{1,soldQuantity}', '3')`)]],
  [
    'a ranking with a product that was refunded',
    { ranking: 1 },
    ({ reserved }) => [
      ranked(`items || jsonb_build_array(jsonb_build_object('rank', 4, 'productId', '${reserved.productId}',
                'soldQuantity', 1))`),
    ],
  ],
  [
    'a ranking in the wrong order',
    { ranking: 2 }, // the first and the second should come earlier than the third
    () => [
      ranked(`SELECT jsonb_agg(jsonb_set(item, '{rank}', to_jsonb(place % 3 + 1)) ORDER BY place % 3) FROM ${ITEM}`),
    ],
  ],
  [
    'a ranking without the best seller',
    { ranking: 1 },
    () => [
      ranked(`SELECT jsonb_agg(jsonb_set(item, '{rank}', to_jsonb(place - 1)) ORDER BY place)
                FROM ${ITEM} WHERE place > 1`),
    ],
  ],
  ['a ranking whose ranks are not its places', { ranking: 1 }, () => [ranked(`jsonb_set(items, '{2,rank}', '4')`)]],
  ['a ranking that names a product twice', { ranking: 1 }, () => [ranked(`items || (items -> 2)`)]],
];
