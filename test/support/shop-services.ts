import { BalanceService } from '@app/balance';
import { CouponService, Discount } from '@app/coupon';
import { OrderPolicy, OrderService, type OrderView } from '@app/order';
import { PaymentService } from '@app/payment';
import { Outbox } from '@app/platform';
import { ProductService } from '@app/product';
import { RankingService } from '@app/ranking';
import { Clock, Money } from '@app/shared';
import { uuidv7 } from 'uuidv7';
import { BalanceRow } from '../../libs/balance/src/adapters/persistence/balance.row';
import { TypeOrmBalanceRepository } from '../../libs/balance/src/adapters/persistence/typeorm-balance.repository';
import { CouponRow } from '../../libs/coupon/src/adapters/persistence/coupon.row';
import { IssuedCouponRow } from '../../libs/coupon/src/adapters/persistence/issued-coupon.row';
import { TypeOrmCouponRepository } from '../../libs/coupon/src/adapters/persistence/typeorm-coupon.repository';
import { TypeOrmIssuedCouponRepository } from '../../libs/coupon/src/adapters/persistence/typeorm-issued-coupon.repository';
import { OrderRow } from '../../libs/order/src/adapters/persistence/order.row';
import { SqlSalesLog } from '../../libs/order/src/adapters/persistence/sql-sales-log';
import { TypeOrmOrderRepository } from '../../libs/order/src/adapters/persistence/typeorm-order.repository';
import { OutboxDataPlatform } from '../../libs/payment/src/adapters/data-platform/outbox-data-platform';
import { SqlPaymentRepository } from '../../libs/payment/src/adapters/persistence/sql-payment.repository';
import type { DataPlatform } from '../../libs/payment/src/application/ports/data-platform';
import { Settlement } from '../../libs/payment/src/application/settlement';
import { CachedProductReader } from '../../libs/product/src/adapters/persistence/cached-product-reader';
import { ProductRow } from '../../libs/product/src/adapters/persistence/product.row';
import { ProductMemory } from '../../libs/product/src/adapters/persistence/product-memory';
import { ProductOptionRow } from '../../libs/product/src/adapters/persistence/product-option.row';
import { SqlProductCatalog } from '../../libs/product/src/adapters/persistence/sql-product-catalog';
import { SqlProductReader } from '../../libs/product/src/adapters/persistence/sql-product-reader';
import { TypeOrmProductRepository } from '../../libs/product/src/adapters/persistence/typeorm-product.repository';
import { TypeOrmStockRoom } from '../../libs/product/src/adapters/persistence/typeorm-stock-room';
import { MemoryRankingBoard } from '../../libs/ranking/src/adapters/memory/memory-ranking-board';
import { SqlRankingSnapshots } from '../../libs/ranking/src/adapters/persistence/sql-ranking-snapshots';
import type { RankingBoard } from '../../libs/ranking/src/application/ports/ranking-board';
import { openDatabase, type TestDatabase } from './database';

/** The database's clock, as far ahead as a test has moved it. */
export class MovableClock extends Clock {
  private ahead = 0;

  constructor(private readonly clock: Clock) {
    super();
  }

  async now(): Promise<Date> {
    return new Date((await this.clock.now()).getTime() + this.ahead);
  }

  advance(milliseconds: number): void {
    this.ahead += milliseconds;
  }
}

/** What an instance of a test may have of its own. */
export interface ShopParts {
  readonly board?: RankingBoard;
  readonly dataPlatform?: DataPlatform;
}

/** An option on sale. */
export interface Goods {
  readonly productId: string;
  readonly optionId: string;
}

/** Between placing an order and its expiry, in milliseconds. */
export const TIME_TO_PAY = 900_000;
const DAY = 86_400_000;

export function openShopDatabase(): Promise<TestDatabase> {
  return openDatabase([ProductRow, ProductOptionRow, BalanceRow, CouponRow, IssuedCouponRow, OrderRow]);
}

/** The services over their real adapters, wired by hand. Each is an instance of its own, with lanes of its own. */
export class Shop {
  readonly clock: MovableClock;
  readonly products: ProductService;
  readonly coupons: CouponService;
  readonly balances: BalanceService;
  readonly orders: OrderService;
  readonly payments: PaymentService;
  readonly sales: SqlSalesLog;
  readonly rankings: RankingService;

  constructor(
    readonly database: TestDatabase,
    parts: ShopParts = {},
  ) {
    const { unitOfWork } = database;
    const clock = new MovableClock(database.clock);
    const lanes = database.lanes();
    const memory = new ProductMemory(unitOfWork);
    const stock = new TypeOrmStockRoom(unitOfWork, memory);
    const reader = new CachedProductReader(new SqlProductReader(unitOfWork), memory, unitOfWork);
    const shelves = new TypeOrmProductRepository(unitOfWork, memory);
    const issued = new TypeOrmIssuedCouponRepository(unitOfWork);
    this.clock = clock;
    this.products = new ProductService(shelves, reader, stock, unitOfWork, clock, lanes);
    this.coupons = new CouponService(new TypeOrmCouponRepository(unitOfWork), issued, unitOfWork, clock, lanes);
    this.balances = new BalanceService(new TypeOrmBalanceRepository(unitOfWork), clock, lanes);
    this.orders = new OrderService(
      new TypeOrmOrderRepository(unitOfWork),
      stock,
      this.coupons,
      clock,
      new OrderPolicy(TIME_TO_PAY),
      lanes,
    );
    this.payments = new PaymentService(
      this.orders,
      new SqlPaymentRepository(unitOfWork),
      new Settlement(this.orders, stock, this.coupons, this.balances),
      parts.dataPlatform ?? new OutboxDataPlatform(new Outbox(unitOfWork)),
      clock,
      lanes,
    );
    this.sales = new SqlSalesLog(unitOfWork);
    this.rankings = new RankingService(
      this.sales,
      new SqlProductCatalog(unitOfWork),
      new SqlRankingSnapshots(unitOfWork),
      parts.board ?? new MemoryRankingBoard(),
      clock,
      unitOfWork,
    );
  }

  /** A new product with one option. */
  async goods(stock: number, price = 10_000, name = '제주 감귤'): Promise<Goods> {
    const options = [{ name: '5kg', price: Money.of(price), stock }];
    const { id, options: listed } = await this.products.create({ name, description: '', options });
    return { productId: id, optionId: listed[0]!.id };
  }

  /** A new user who has charged that much. */
  async customer(won = 0): Promise<string> {
    const userId = `user-${uuidv7()}`;
    if (won > 0) await this.balances.charge({ userId, amount: Money.of(won) });
    return userId;
  }

  /** A new coupon, issued to the users. */
  async couponOf(userIds: readonly string[], discount = new Discount('FIXED', 3_000)): Promise<string> {
    const now = (await this.clock.now()).getTime();
    const { terms } = await this.coupons.create({
      name: '블랙프라이데이',
      discount,
      minOrderAmount: Money.zero,
      totalQuantity: userIds.length,
      validFrom: new Date(now - DAY),
      validUntil: new Date(now + DAY),
    });
    for (const userId of userIds) await this.coupons.issue({ userId, couponId: terms.id });
    return terms.id;
  }

  order(userId: string, goods: Goods, quantity = 1, couponId?: string): Promise<OrderView> {
    return this.orders.place({ userId, items: [{ optionId: goods.optionId, quantity }], couponId });
  }

  /** The sweeper's round. */
  expireDue(limit = 500): Promise<number> {
    return this.database.unitOfWork.run(() => this.orders.expireDue(limit));
  }

  /** Runs a query of the test's own. */
  sql<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return this.database.unitOfWork.query<Row>(text, values);
  }

  async stockOf({ optionId }: Goods): Promise<{ onHand: number; reserved: number }> {
    const stock = 'SELECT on_hand AS "onHand", reserved FROM product_option WHERE id = $1';
    return (await this.sql<{ onHand: number; reserved: number }>(stock, [optionId]))[0]!;
  }

  async couponStatus(couponId: string, userId: string): Promise<string> {
    const status = 'SELECT status FROM issued_coupon WHERE coupon_id = $1 AND user_id = $2';
    return (await this.sql<{ status: string }>(status, [couponId, userId]))[0]!.status;
  }

  async balanceOf(userId: string): Promise<number> {
    return (await this.balances.amountOf(userId)).won;
  }
}

/** What must hold at any moment, as queries for what breaks it. */
const CHECKS: Readonly<Record<string, string>> = {
  'stock.reserved': `
    SELECT p.id, p.reserved, s.quantity FROM product_option p LEFT JOIN (
      SELECT l.option_id, sum(l.quantity) AS quantity FROM order_line l JOIN orders o ON o.id = l.order_id
       WHERE o.status = 'PENDING_PAYMENT' GROUP BY l.option_id) s ON s.option_id = p.id
     WHERE p.reserved <> COALESCE(s.quantity, 0)`,
  'stock.moves': `
    SELECT p.id::text AS what FROM product_option p
     WHERE p.on_hand <> (SELECT COALESCE(sum(m.quantity), 0) FROM stock_movement m WHERE m.option_id = p.id)
    UNION ALL SELECT difference::text FROM (
      WITH due AS (
        SELECT l.order_id, l.option_id, k.kind, k.sign * l.quantity AS quantity
          FROM order_line l JOIN orders o ON o.id = l.order_id
          JOIN (VALUES ('SALE', -1, 'PAID'), ('SALE', -1, 'REFUNDED'), ('RETURN', 1, 'REFUNDED')) AS k (kind, sign, status)
            ON k.status = o.status),
      made AS (SELECT order_id, option_id, kind, quantity FROM stock_movement WHERE order_id IS NOT NULL)
      (TABLE due EXCEPT ALL TABLE made) UNION ALL (TABLE made EXCEPT ALL TABLE due)) AS difference`,
  'balance.sum': `
    SELECT b.user_id FROM balance b WHERE b.amount NOT BETWEEN 0 AND 1000000000
        OR b.amount <> (SELECT COALESCE(sum(t.amount), 0) FROM balance_transaction t WHERE t.user_id = b.user_id)`,
  'balance.chain': `
    SELECT * FROM (SELECT user_id, sequence, balance_after, amount,
        COALESCE(lag(balance_after) OVER w, 0) AS before, row_number() OVER w AS place
      FROM balance_transaction WINDOW w AS (PARTITION BY user_id ORDER BY sequence)) t
     WHERE balance_after <> before + amount OR sequence <> place`,
  'payment.once': `
    SELECT o.id AS "order", p.id AS payment FROM orders o FULL JOIN payment p ON p.order_id = o.id
     WHERE (p.id IS NULL) <> (o.status NOT IN ('PAID', 'REFUNDED')) OR p.status <> o.status OR p.id <> o.payment_id
        OR p.amount <> o.total OR p.user_id <> o.user_id OR p.paid_at <> o.paid_at
    UNION ALL SELECT order_id, NULL FROM payment GROUP BY order_id HAVING count(*) > 1`,
  'coupon.state': `
    SELECT i.coupon_id, i.user_id, i.status FROM issued_coupon i
      LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE o.status = 'PENDING_PAYMENT') AS pending,
          count(*) FILTER (WHERE o.status = 'PAID') AS paid, count(*) FILTER (WHERE o.id = i.order_id) AS named
        FROM orders o WHERE (o.coupon_id, o.user_id) = (i.coupon_id, i.user_id)
          AND o.status IN ('PENDING_PAYMENT', 'PAID')) s ON true
     WHERE (i.status, s.pending, s.paid, s.named) NOT IN (('RESERVED', 1, 0, 1), ('USED', 0, 1, 1), ('AVAILABLE', 0, 0, 0))`,
  'order.sums': `
    SELECT o.id FROM orders o WHERE o.subtotal <> (SELECT COALESCE(sum(l.amount), -1) FROM order_line l WHERE l.order_id = o.id)
        OR o.total <> o.subtotal - o.discount OR o.discount NOT BETWEEN 0 AND o.subtotal
    UNION ALL SELECT order_id FROM order_line WHERE amount <> unit_price * quantity`,
  'outbox.once': `
    WITH due AS (SELECT id, 'order.paid' AS type FROM payment
      UNION ALL SELECT id, 'order.refunded' FROM payment WHERE status = 'REFUNDED'),
    made AS (SELECT subject_id, type FROM outbox_event)
    (TABLE due EXCEPT ALL TABLE made) UNION ALL (TABLE made EXCEPT ALL TABLE due)`,
};

/** Resolves once a transaction of the database waits for another one's lock, or `call` has ended without waiting. */
export async function blocked({ dataSource }: TestDatabase, call: Promise<unknown>): Promise<void> {
  let ended = false;
  void call.catch(() => undefined).then(() => (ended = true));
  const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  while (!ended && (await dataSource.query(waiting)).length === 0);
}

/** Every row of the whole database that breaks an invariant. */
export async function violations({ dataSource }: TestDatabase): Promise<object[]> {
  const found: object[] = [];
  for (const [check, query] of Object.entries(CHECKS)) {
    const rows: object[] = await dataSource.query(query);
    found.push(...rows.map((row) => ({ check, ...row })));
  }
  return found;
}
