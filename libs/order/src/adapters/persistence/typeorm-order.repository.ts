import { decodeCursor, encodeCursor, ID, LockingSelect, selectRow, TIMESTAMP, TypeOrmUnitOfWork } from '@app/platform';
import { Money, type Page, type PageRequest, pageOf } from '@app/shared';
import { Injectable } from '@nestjs/common';
import { type OrderOf, OrderRepository } from '../../application/ports/order.repository';
import { amountOf, Order, type OrderLine } from '../../domain/order';
import { OrderRow } from './order.row';
import { LINES, type LineRow, ORDERS, STATES } from './order.tables';

/** An order with its lines, in one statement: no page costs more than one. */
const SELECT = `
  SELECT o.id, o.user_id AS "userId", o.status, o.coupon_id AS "couponId", o.subtotal, o.discount, o.total,
         o.placed_at AS "placedAt", o.expires_at AS "expiresAt", o.paid_at AS "paidAt", o.payment_id AS "paymentId",
         (SELECT json_agg(json_build_object('productId', l.product_id, 'productName', l.product_name,
                   'optionId', l.option_id, 'optionName', l.option_name, 'unitPrice', l.unit_price,
                   'quantity', l.quantity) ORDER BY l.position)
            FROM order_line l WHERE l.order_id = o.id) AS lines
    FROM orders o`;

type StoredLine = Omit<OrderLine, 'unitPrice'> & { unitPrice: number };
type LineOfOrder = StoredLine & { readonly orderId: string };
type StoredOrder = OrderRow & { lines: StoredLine[] };

@Injectable()
export class TypeOrmOrderRepository extends OrderRepository {
  private readonly locked: LockingSelect<OrderRow>;

  constructor(private readonly unitOfWork: TypeOrmUnitOfWork) {
    super();
    this.locked = new LockingSelect(unitOfWork, (manager) =>
      selectRow(manager, OrderRow, 'o')
        .where('(o.id, o.userId) IN (SELECT * FROM unnest(:ids::uuid[], :users::text[]))', { ids: [], users: [] })
        .orderBy('o.id')
        .setLock('for_no_key_update'),
    );
  }

  async find({ orderId, userId }: OrderOf): Promise<Order | null> {
    const [row] = await this.unitOfWork.query<StoredOrder>(`${SELECT} WHERE o.id = $1 AND o.user_id = $2`, [
      orderId,
      userId,
    ]);
    return row ? toOrder(row, row.lines) : null;
  }

  async findPage(userId: string, { limit, cursor }: PageRequest): Promise<Page<Order>> {
    const [placedAt, id] = cursor === undefined ? [null, null] : decodeCursor('orders', cursor, TIMESTAMP, ID);
    const rows = await this.unitOfWork.query<StoredOrder>(
      `${SELECT} WHERE o.user_id = $1 AND ($2::timestamptz IS NULL OR (o.placed_at, o.id) < ($2, $3::uuid))
        ORDER BY o.placed_at DESC, o.id DESC LIMIT $4`,
      [userId, placedAt, id, limit + 1],
    );
    return pageOf(
      rows.map((row) => toOrder(row, row.lines)),
      limit,
      ({ terms }) => encodeCursor('orders', [terms.placedAt.toISOString(), terms.id]),
    );
  }

  async lockAll(orders: readonly OrderOf[]): Promise<ReadonlyMap<string, Order>> {
    const ids = orders.map(({ orderId }) => orderId);
    const users = orders.map(({ userId }) => userId);
    // Lines never change: they need not wait for the lock, and so cost no turn of their own.
    const [rows, lines] = await Promise.all([this.locked.rows(ids, users), this.linesOf(ids)]);
    return new Map(withLines(rows, lines).map((order) => [order.id, order]));
  }

  async lockDue(now: Date, limit: number): Promise<Order[]> {
    const rows = await this.unitOfWork.manager
      .createQueryBuilder(OrderRow, 'o')
      .where(`o.status = 'PENDING_PAYMENT' AND o.expiresAt <= :now`, { now })
      .orderBy('o.expiresAt')
      .limit(limit)
      .setLock('for_no_key_update')
      .setOnLocked('skip_locked')
      .getMany();
    return withLines(rows, await this.linesOf(rows.map(({ id }) => id)));
  }

  async addAll(orders: readonly Order[]): Promise<void> {
    this.unitOfWork.insertAll(ORDERS, orders.map(rowOf));
    this.unitOfWork.insertAll(LINES, orders.flatMap(lineRowsOf));
  }

  async saveAll(orders: Iterable<Order>): Promise<void> {
    this.unitOfWork.updateAll(STATES, [...orders].filter(({ hasChanged }) => hasChanged).map(rowOf));
  }

  private linesOf(orderIds: readonly string[]): Promise<LineOfOrder[]> {
    return this.unitOfWork.query<LineOfOrder>(
      `SELECT order_id AS "orderId", product_id AS "productId", product_name AS "productName", option_id AS "optionId",
              option_name AS "optionName", unit_price AS "unitPrice", quantity
         FROM order_line WHERE order_id = ANY($1::uuid[]) ORDER BY order_id, position`,
      [orderIds],
    );
  }
}

function withLines(rows: readonly OrderRow[], lines: readonly LineOfOrder[]): Order[] {
  const linesOf = new Map<string, StoredLine[]>(rows.map(({ id }) => [id, []]));
  for (const line of lines) linesOf.get(line.orderId)?.push(line);
  return rows.map((row) => toOrder(row, linesOf.get(row.id) ?? []));
}

function toOrder(row: OrderRow, lines: readonly StoredLine[]): Order {
  const { id, userId, couponId, placedAt, expiresAt, status, paymentId, paidAt } = row;
  return Order.restore(
    {
      id,
      userId,
      couponId,
      placedAt,
      expiresAt,
      discount: Money.of(row.discount),
      lines: lines.map(({ productId, productName, optionId, optionName, unitPrice, quantity }) => ({
        productId,
        productName,
        optionId,
        optionName,
        unitPrice: Money.of(unitPrice),
        quantity,
      })),
    },
    { status, paymentId, paidAt },
  );
}

function rowOf(order: Order): OrderRow {
  const { id, userId, couponId, discount, placedAt, expiresAt } = order.terms;
  return {
    id,
    userId,
    status: order.storedStatus,
    couponId,
    subtotal: order.subtotal.won,
    discount: discount.won,
    total: order.total.won,
    placedAt,
    expiresAt,
    paidAt: order.paidAt,
    paymentId: order.paymentId,
  };
}

function lineRowsOf({ terms: { id, lines } }: Order): LineRow[] {
  return lines.map((line, position) => ({
    ...line,
    orderId: id,
    position,
    unitPrice: line.unitPrice.won,
    amount: amountOf(line).won,
  }));
}
