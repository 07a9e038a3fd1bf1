import type {
  BookedCoupon,
  BookedEvent,
  BookedIssue,
  BookedLine,
  BookedMovement,
  BookedOrder,
  BookedPayment,
  BookedTransaction,
  Books,
} from './evidence';

export type Query = <Row extends object>(text: string) => Promise<Row[]>;

/**
 * Reads the books of a shop that is quiet: the statements see one state only if nobody writes meanwhile. Amounts are
 * read as float8, which every client gives as a number and which is exact for all that the constraints allow.
 */
export async function readBooks(query: Query): Promise<Books> {
  const transactions = await query<BookedTransaction>(
    `SELECT id, user_id AS "userId", sequence, type, amount::float8, balance_after::float8 AS "balanceAfter",
            reference_id AS "referenceId", idempotency_key AS "idempotencyKey"
       FROM balance_transaction ORDER BY user_id, sequence`,
  );
  const payments = await query<BookedPayment>(
    `SELECT id, order_id AS "orderId", user_id AS "userId", status, amount::float8,
            balance_after::float8 AS "balanceAfter"
       FROM payment ORDER BY id`,
  );
  const coupons = await query<BookedCoupon>(
    `SELECT id, total_quantity AS "totalQuantity", issued FROM coupon ORDER BY id`,
  );
  const issuedCoupons = await query<BookedIssue>(
    `SELECT coupon_id AS "couponId", user_id AS "userId", sequence FROM issued_coupon ORDER BY coupon_id, sequence`,
  );
  const movements = await query<BookedMovement>(
    `SELECT option_id AS "optionId", kind, quantity, order_id AS "orderId" FROM stock_movement ORDER BY id`,
  );
  const events = await query<BookedEvent>(
    `SELECT id, type, subject_id AS "paymentId", status FROM outbox_event ORDER BY id`,
  );
  const orders = await readOrders(query);
  return { transactions, orders, payments, coupons, issuedCoupons, movements, events };
}

async function readOrders(query: Query): Promise<BookedOrder[]> {
  const orders = await query<Omit<BookedOrder, 'lines'>>(
    `SELECT id, user_id AS "userId", status, coupon_id AS "couponId", total::float8, payment_id AS "paymentId"
       FROM orders ORDER BY id`,
  );
  const lines = await query<BookedLine & { orderId: string }>(
    `SELECT order_id AS "orderId", option_id AS "optionId", quantity, unit_price::float8 AS "unitPrice"
       FROM order_line ORDER BY order_id, position`,
  );
  const linesOf = new Map<string, BookedLine[]>(orders.map(({ id }) => [id, []]));
  for (const { orderId, ...line } of lines) linesOf.get(orderId)?.push(line);
  return orders.map((order) => ({ ...order, lines: linesOf.get(order.id) ?? [] }));
}
