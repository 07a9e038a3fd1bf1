import type { Client } from 'pg';
import { uuidv7 } from 'uuidv7';

/** Milliseconds in which an order has to be paid. */
const TIME_TO_PAY = 900_000;
const MOST_HELD = 1_000_000_000;

interface Option {
  readonly id: string;
  readonly product_id: string;
  readonly product_name: string;
  readonly name: string;
  readonly price: string;
  readonly on_sale: boolean;
  readonly free: number;
}

interface Line {
  readonly option_id: string;
  readonly product_id: string;
  readonly quantity: number;
  readonly unit_price: string;
}

/**
 * Yardstick a: the flows as a careful team writes them by hand. Statement by statement as in the sequence diagrams,
 * with row locks and the checks after them, in one transaction; parameters, but no names for statements, as query
 * builders and pools send them. What is written is what the shop writes, without idempotency keys.
 */
export class StatementFlows {
  constructor(private readonly client: Client) {}

  async charge(userId: string, won: number): Promise<void> {
    await this.transaction(async () => {
      const { amount, sequence } = await this.lockBalance(userId);
      if (won <= 0) throw new Error('INVALID_CHARGE_AMOUNT');
      if (amount + won > MOST_HELD) throw new Error('BALANCE_LIMIT_EXCEEDED');
      await this.moveMoney(userId, 'CHARGE', won, amount + won, sequence + 1, null);
    });
  }

  async issue(userId: string, couponId: string): Promise<void> {
    await this.transaction(async () => {
      const [coupon] = await this.rows<{
        issued: number;
        total_quantity: number;
        has_begun: boolean;
        is_over: boolean;
      }>(
        `SELECT issued, total_quantity, valid_from <= now() AS has_begun, valid_until <= now() AS is_over
           FROM coupon WHERE id = $1 FOR UPDATE`,
        [couponId],
      );
      if (!coupon?.has_begun) throw new Error('COUPON_NOT_STARTED');
      if (coupon.is_over) throw new Error('COUPON_EXPIRED');
      if (coupon.issued >= coupon.total_quantity) throw new Error('COUPON_SOLD_OUT');
      const holders = await this.rows('SELECT 1 FROM issued_coupon WHERE coupon_id = $1 AND user_id = $2', [
        couponId,
        userId,
      ]);
      if (holders.length > 0) throw new Error('COUPON_ALREADY_ISSUED');
      await this.rows(
        `INSERT INTO issued_coupon (coupon_id, user_id, sequence, status, issued_at) VALUES ($1, $2, $3, 'AVAILABLE', now())`,
        [couponId, userId, coupon.issued + 1],
      );
      await this.rows('UPDATE coupon SET issued = $2 WHERE id = $1', [couponId, coupon.issued + 1]);
    });
  }

  async order(userId: string, optionIds: readonly string[]): Promise<string> {
    const id = uuidv7();
    await this.transaction(async () => {
      const options = await this.rows<Option>(
        `SELECT o.id, o.product_id, p.name AS product_name, o.name, o.price, p.on_sale, o.on_hand - o.reserved AS free
           FROM product_option o JOIN product p ON p.id = o.product_id
          WHERE o.id = ANY($1) ORDER BY o.id FOR UPDATE OF o`,
        [optionIds],
      );
      if (options.length < optionIds.length) throw new Error('PRODUCT_OPTION_NOT_FOUND');
      if (options.some(({ on_sale }) => !on_sale)) throw new Error('PRODUCT_NOT_ON_SALE');
      if (options.some(({ free }) => free < 1)) throw new Error('OUT_OF_STOCK');
      const subtotal = options.reduce((sum, { price }) => sum + Number(price), 0);
      await this.rows(
        `INSERT INTO orders (id, user_id, status, subtotal, discount, total, placed_at, expires_at)
         VALUES ($1, $2, 'PENDING_PAYMENT', $3, 0, $3, now(), now() + $4 * interval '1 millisecond')`,
        [id, userId, subtotal, TIME_TO_PAY],
      );
      await this.rows(
        `INSERT INTO order_line (order_id, option_id, position, product_id, product_name, option_name, unit_price,
                                 quantity, amount) VALUES ${options.map((_, line) => placeholders(line, 9)).join(', ')}`,
        options.flatMap(({ id: optionId, product_id, product_name, name, price }, position) => {
          return [id, optionId, position, product_id, product_name, name, price, 1, price];
        }),
      );
      await this.rows('UPDATE product_option SET reserved = reserved + 1 WHERE id = ANY($1)', [optionIds]);
    });
    return id;
  }

  async pay(userId: string, orderId: string): Promise<void> {
    await this.transaction(async () => {
      const [order] = await this.rows<{ status: string; total: string; is_over: boolean }>(
        `SELECT status, total, expires_at <= now() AS is_over FROM orders WHERE id = $1 AND user_id = $2 FOR UPDATE`,
        [orderId, userId],
      );
      if (order?.status !== 'PENDING_PAYMENT' || order.is_over) throw new Error(`order ${orderId} is not payable`);
      const lines = await this.rows<Line>(
        'SELECT option_id, product_id, quantity, unit_price FROM order_line WHERE order_id = $1 ORDER BY position',
        [orderId],
      );
      const optionIds = lines.map(({ option_id }) => option_id);
      await this.rows('SELECT id, on_hand, reserved FROM product_option WHERE id = ANY($1) ORDER BY id FOR UPDATE', [
        optionIds,
      ]);
      const { amount, sequence } = await this.lockBalance(userId);
      const total = Number(order.total);
      if (amount < total) throw new Error('INSUFFICIENT_BALANCE');

      const paymentId = uuidv7();
      await this.moveMoney(userId, 'PAYMENT', -total, amount - total, sequence + 1, paymentId);
      await this.sell(orderId, lines);
      await this.rows(
        `INSERT INTO payment (id, order_id, user_id, status, subtotal, discount, amount, balance_after, paid_at)
         VALUES ($1, $2, $3, 'PAID', $4, 0, $4, $5, now())`,
        [paymentId, orderId, userId, total, amount - total],
      );
      await this.rows(`UPDATE orders SET status = 'PAID', paid_at = now(), payment_id = $2 WHERE id = $1`, [
        orderId,
        paymentId,
      ]);
      await this.rows(
        `INSERT INTO outbox_event (id, type, subject_id, payload, status, next_attempt_at, created_at)
         VALUES ($1, 'order.paid', $2, $3, 'PENDING', now(), now())`,
        [uuidv7(), paymentId, { orderId, paymentId, userId, lines, couponId: null, amount: total }],
      );
    });
  }

  private async sell(orderId: string, lines: readonly Line[]): Promise<void> {
    await this.rows(
      `UPDATE product_option o SET on_hand = on_hand - s.quantity, reserved = reserved - s.quantity
         FROM unnest($1::uuid[], $2::integer[]) AS s (id, quantity) WHERE o.id = s.id`,
      [lines.map(({ option_id }) => option_id), lines.map(({ quantity }) => quantity)],
    );
    await this.rows(
      `INSERT INTO stock_movement (id, option_id, kind, quantity, order_id, created_at)
       SELECT id, option_id, 'SALE', -quantity, $4, now()
         FROM unnest($1::uuid[], $2::uuid[], $3::integer[]) AS s (id, option_id, quantity)`,
      [
        lines.map(() => uuidv7()),
        lines.map(({ option_id }) => option_id),
        lines.map(({ quantity }) => quantity),
        orderId,
      ],
    );
  }

  private async lockBalance(userId: string): Promise<{ amount: number; sequence: number }> {
    const [held] = await this.rows<{ amount: string; last_sequence: number }>(
      'SELECT amount, last_sequence FROM balance WHERE user_id = $1 FOR UPDATE',
      [userId],
    );
    if (held) return { amount: Number(held.amount), sequence: held.last_sequence };
    await this.rows('INSERT INTO balance (user_id, amount, last_sequence) VALUES ($1, 0, 0)', [userId]);
    return { amount: 0, sequence: 0 };
  }

  private async moveMoney(
    userId: string,
    type: 'CHARGE' | 'PAYMENT',
    won: number,
    after: number,
    sequence: number,
    referenceId: string | null,
  ): Promise<void> {
    await this.rows('UPDATE balance SET amount = $2, last_sequence = $3 WHERE user_id = $1', [userId, after, sequence]);
    await this.rows(
      `INSERT INTO balance_transaction (id, user_id, sequence, type, amount, balance_after, reference_id, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, now())`,
      [uuidv7(), userId, sequence, type, won, after, referenceId],
    );
  }

  private async transaction(work: () => Promise<void>): Promise<void> {
    await this.client.query('BEGIN');
    await work();
    await this.client.query('COMMIT');
  }

  private async rows<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]> {
    return (await this.client.query<Row>(text, [...values])).rows;
  }
}

function placeholders(line: number, columns: number): string {
  return `(${Array.from({ length: columns }, (_, column) => `$${line * columns + column + 1}`).join(', ')})`;
}
