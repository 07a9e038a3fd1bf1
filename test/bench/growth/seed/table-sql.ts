import { couponId, idAt, LINE_QUANTITY, LINES, timeOf } from './round-sql';
import type { Round, SeedPlan } from './seed-plan';

/** Days for which events and keys are kept. */
const EVENTS_KEPT = 30;
const KEYS_KEPT = 7;

/** The form of times in JSON. */
const iso = (time: string) => `to_char(${time} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Two lists of statements that copy a round into the tables: each in its order, both side by side. */
export function fillTables(plan: SeedPlan, round: Round): readonly [string[], string[]] {
  return [
    [ORDER_LINES, PAYMENTS, MOVEMENTS, eventsOf(plan)],
    [ordersOf(plan), ...couponsOf(plan, round), LEDGER, ...keysOf(plan)],
  ];
}

function ordersOf(plan: SeedPlan): string {
  return `
    INSERT INTO orders (id, user_id, status, coupon_id, subtotal, discount, total, placed_at, expires_at, paid_at, payment_id)
    SELECT order_id, user_id, status, coupon_id, subtotal, discount, total, placed_at,
           CASE status WHEN 'PENDING_PAYMENT' THEN ${timeOf(plan)} + interval '1 day'
                       ELSE placed_at + interval '15 minutes' END, paid_at, payment_id
      FROM seed.round`;
}

const ORDER_LINES = `
  INSERT INTO order_line (order_id, option_id, position, product_id, product_name, option_name, unit_price, quantity, amount)
  SELECT r.order_id, o.id, line, o.product_id, o.product_name, o.name, o.price, ${LINE_QUANTITY}, o.price * ${LINE_QUANTITY}
    FROM ${LINES}`;

const PAYMENTS = `
  INSERT INTO payment (id, order_id, user_id, status, subtotal, discount, amount, balance_after, paid_at, refunded_at)
  SELECT payment_id, order_id, user_id, status, subtotal, discount, total,
         held + charged - CASE WHEN refunded_at IS NULL THEN total ELSE 0 END, paid_at, refunded_at
    FROM seed.round WHERE is_paid`;

/** One coupon a round, for everybody whose order has one. */
function couponsOf(plan: SeedPlan, { number }: Round): string[] {
  return [
    `INSERT INTO coupon (id, name, discount_type, discount_value, max_discount_amount, min_order_amount, total_quantity,
            issued, valid_from, valid_until, created_at)
     SELECT ${couponId(number)}, '쿠폰 ${number}', 'FIXED', 500, NULL, 0, greatest(count(*), 1), count(*),
            min(placed_at) - interval '1 day', ${timeOf(plan)} + interval '30 days', min(placed_at) - interval '2 days'
       FROM seed.round WHERE has_coupon HAVING count(*) > 0`,
    `INSERT INTO issued_coupon (coupon_id, user_id, sequence, status, order_id, issued_at)
     SELECT coupon_id, user_id, row_number() OVER (ORDER BY n), held.status,
            CASE WHEN held.status <> 'AVAILABLE' THEN order_id END, placed_at
       FROM seed.round r
      CROSS JOIN LATERAL (SELECT CASE r.status WHEN 'PAID' THEN 'USED' WHEN 'PENDING_PAYMENT' THEN 'RESERVED'
                                      ELSE 'AVAILABLE' END AS status) AS held
      WHERE has_coupon`,
  ];
}

const LEDGER = `
  INSERT INTO balance_transaction (id, user_id, sequence, type, amount, balance_after, reference_id, idempotency_key, created_at)
  SELECT entry.* FROM seed.round r
   CROSS JOIN LATERAL (
     SELECT charge_id, user_id, last_sequence + 1, 'CHARGE', charged, held + charged, NULL::uuid, 'charge-' || n, placed_at
      WHERE charged > 0
     UNION ALL
     SELECT ${idAt('paid_at')}, user_id, last_sequence + 1 + (charged > 0)::integer, 'PAYMENT', -total,
            held + charged - total, payment_id, NULL, paid_at WHERE is_paid
     UNION ALL
     SELECT ${idAt('refunded_at')}, user_id, last_sequence + 2 + (charged > 0)::integer, 'REFUND', total, held + charged,
            payment_id, NULL, refunded_at WHERE refunded_at IS NOT NULL) AS entry`;

const MOVEMENTS = `
  INSERT INTO stock_movement (id, option_id, kind, quantity, order_id, created_at)
  SELECT ${idAt('moved.at')}, o.id, moved.kind, moved.sign * ${LINE_QUANTITY}, r.order_id, moved.at
    FROM ${LINES}
   CROSS JOIN LATERAL (VALUES ('SALE', -1, r.paid_at), ('RETURN', 1, r.refunded_at)) AS moved (kind, sign, at)
   WHERE moved.at IS NOT NULL`;

/** All were delivered, but for a few that are dead. */
function eventsOf(plan: SeedPlan): string {
  return `
    INSERT INTO outbox_event (id, type, subject_id, payload, status, attempts, next_attempt_at, delivered_at, created_at)
    SELECT ${idAt('e.at')}, e.type, r.payment_id,
           jsonb_build_object('orderId', order_id, 'paymentId', payment_id, 'userId', user_id, 'lines', jsonb_build_array(
             jsonb_build_object('productId', order_id, 'optionId', order_id, 'quantity', 1, 'unitPrice', 1000)),
             'couponId', coupon_id, 'subtotal', subtotal, 'discount', discount, 'amount', total, 'paidAt', ${iso('paid_at')}),
           state.status, 1, e.at, CASE state.status WHEN 'DELIVERED' THEN e.at END, e.at
      FROM seed.round r
     CROSS JOIN LATERAL (VALUES ('order.paid', paid_at), ('order.refunded', refunded_at)) AS e (type, at)
     CROSS JOIN LATERAL (SELECT CASE WHEN n % 10007 = 0 THEN 'DEAD' ELSE 'DELIVERED' END AS status) AS state
     WHERE e.at > ${timeOf(plan)} - interval '${EVENTS_KEPT} days'`;
}

/** Of the order, of the payment and of the charge before it. */
function keysOf(plan: SeedPlan): string[] {
  const remember = (what: string, condition: string, outcome: string, at: string) => `
    INSERT INTO idempotency_key (user_id, key, claim_id, fingerprint, request_id, outcome, created_at)
    SELECT user_id, '${what}-' || n, gen_random_uuid(), sha256(order_id::text::bytea)::text, 'request-' || n,
           json_build_object('value', ${outcome}), ${at}
      FROM seed.round r
     WHERE ${condition} AND ${at} > ${timeOf(plan)} - interval '${KEYS_KEPT} days'`;
  return [
    remember(
      'order',
      'true',
      `json_build_object('id', order_id, 'status', 'PENDING_PAYMENT', 'subtotal', subtotal,
      'discount', discount, 'total', total, 'placedAt', ${iso('placed_at')}, 'paymentId', NULL,
      'lines', json_build_array(json_build_object('productId', order_id, 'optionId', order_id, 'quantity', 1)))`,
      'placed_at',
    ),
    remember(
      'payment',
      'is_paid',
      `json_build_object('id', payment_id, 'orderId', order_id, 'status', 'PAID',
      'subtotal', subtotal, 'discount', discount, 'amount', total, 'paidAt', ${iso('paid_at')}, 'refundedAt', NULL)`,
      'paid_at',
    ),
    remember(
      'charge',
      'charged > 0',
      `json_build_object('transactionId', charge_id, 'amount', charged,
      'balance', held + charged, 'chargedAt', ${iso('placed_at')})`,
      'placed_at',
    ),
  ];
}
