import { BalanceService } from '@app/balance';
import { CouponService, Discount } from '@app/coupon';
import { OrderPolicy, OrderService, type OrderView } from '@app/order';
import { PaymentService } from '@app/payment';
import { Audit, Outbox, Snapshots } from '@app/platform';
import { ProductService } from '@app/product';
import { RankingService } from '@app/ranking';
import { Clock, Money } from '@app/shared';
import { uuidv7 } from 'uuidv7';
import { SHOP_CHECKS } from '../../apps/shop/src/shop-checks';
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

/** `template`: a database to start from, to which nobody is connected; an empty one otherwise. */
export function openShopDatabase(template?: string): Promise<TestDatabase> {
  const rows = [ProductRow, ProductOptionRow, BalanceRow, CouponRow, IssuedCouponRow, OrderRow];
  return openDatabase(rows, template === undefined ? {} : { template });
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

/** Resolves once a transaction of the database waits for another one's lock, or `call` has ended without waiting. */
export async function blocked({ dataSource }: TestDatabase, call: Promise<unknown>): Promise<void> {
  let ended = false;
  void call.catch(() => undefined).then(() => (ended = true));
  const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  while (!ended && (await dataSource.query(waiting)).length === 0);
}

/** What the audit of the shop finds in the whole database: some rows of each check that is violated. */
export async function violations({ url }: Pick<TestDatabase, 'url'>): Promise<{ check: string }[]> {
  const { checks } = await new Audit(SHOP_CHECKS, new Snapshots(url)).run();
  return checks.flatMap(({ name, sample }) => sample.map((row) => ({ check: name, ...row })));
}
