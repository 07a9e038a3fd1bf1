import { CouponService, Discount } from '@app/coupon';
import { OrderService } from '@app/order';
import { type Env, TypeOrmUnitOfWork } from '@app/platform';
import { ProductService } from '@app/product';
import { RankingService } from '@app/ranking';
import { Money } from '@app/shared';
import type { INestApplicationContext } from '@nestjs/common';
import { Client } from 'pg';
import { DEMO_PRODUCTS } from './demo-catalogue';
import { DEMO_CUSTOMERS, type PlannedPurchase, planDemo } from './demo-plan';
import { isComplete, type Progress, progressOf } from './demo-progress';
import { PastClock } from './past-clock';
import { withShop } from './shop-context';
import { Shopper } from './shopper';

type CreateCoupon = Parameters<CouponService['create']>[0];

export interface DemoSummary {
  readonly products: number;
  readonly coupons: number;
  readonly orders: number;
}

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
/** When the demo shop opened, in milliseconds before now: a little before the first order. */
const OPENED = 62 * 60 * MINUTE;
/** Won: people charge round amounts. */
const CHARGE_UNIT = 300_000;
/** How many customers hold the live coupon. Each uses it on the first order that it is good for. */
const COUPON_HOLDERS = 8;
const COUPON_FROM = 10_000;

/** Held while a load is under way: of two that start together the second one finds the work done. */
const LOCK = `hashtextextended('jangteo:demo', 0)`;

/**
 * Fills an empty shop: catalogue, one live coupon and one that starts soon, and orders of the last 60 hours, paid one
 * after another by a clock that steps through them. A load that was interrupted goes on where it ended. Null, and
 * nothing done, when all is there, or when the shop sells anything else.
 */
export async function loadDemo(env: Env): Promise<DemoSummary | null> {
  const client = new Client({ connectionString: env.DATABASE_URL });
  client.on('error', () => undefined); // a database that goes away meanwhile fails the load itself
  await client.connect();
  try {
    await client.query(`SELECT pg_advisory_lock(${LOCK})`);
    // Asked before any shop runs by a clock of the past.
    const progress = await progressOf(client);
    return progress.own && !isComplete(progress) ? await load(env, progress) : null;
  } finally {
    await client.end();
  }
}

function load(env: Env, { products, paid }: Progress): Promise<DemoSummary> {
  const now = new Date();
  const opened = new Date(now.getTime() - OPENED);
  const clock = new PastClock(opened);
  return withShop(
    // Orders of the past with time to pay until now: a shop that serves meanwhile must not expire them before they are paid.
    { ...env, ORDER_TTL: env.ORDER_TTL + OPENED / 1_000 },
    async (shop) => {
      if (products === 0) await createProducts(shop);
      else await endUnpaid(shop);
      const couponId = await createCoupons(shop, opened, now);
      const orders = await buyPlanned(shop, clock, now, paid, couponId);
      clock.moveTo(now);
      await shop.get(RankingService, { strict: false }).refresh();
      return { products: DEMO_PRODUCTS.length, coupons: 2, orders };
    },
    clock,
  );
}

async function createProducts(shop: INestApplicationContext): Promise<void> {
  await shop.get(ProductService, { strict: false }).createAll(
    DEMO_PRODUCTS.map(({ name, description, options }) => ({
      name,
      description,
      options: options.map(([option, price, stock]) => ({ name: option, price: Money.of(price), stock })),
    })),
  );
}

/** Orders that an interrupted load has placed and not paid give back what they reserved. */
async function endUnpaid(shop: INestApplicationContext): Promise<void> {
  const orders = shop.get(OrderService, { strict: false });
  const unitOfWork = shop.get(TypeOrmUnitOfWork, { strict: false });
  await unitOfWork.run(() => orders.expireDue(DEMO_CUSTOMERS.length));
  const unpaid = await unitOfWork.query<{ orderId: string; userId: string }>(
    `SELECT id AS "orderId", user_id AS "userId" FROM orders
      WHERE status = 'PENDING_PAYMENT' AND user_id = ANY($1)`,
    [DEMO_CUSTOMERS],
  );
  await allOf(unpaid.map((order) => orders.cancel(order)));
}

/** Answers the id of the live one, which some customers hold then. */
async function createCoupons(shop: INestApplicationContext, opened: Date, now: Date): Promise<string> {
  const coupons = shop.get(CouponService, { strict: false });
  const unitOfWork = shop.get(TypeOrmUnitOfWork, { strict: false });
  const idOf = async (coupon: CreateCoupon): Promise<string> => {
    const [found] = await unitOfWork.query<{ id: string }>('SELECT id FROM coupon WHERE name = $1', [coupon.name]);
    return found?.id ?? (await coupons.create(coupon)).terms.id;
  };
  const couponId = await idOf({
    name: '가을맞이 10% 할인',
    discount: new Discount('PERCENT', 10, Money.of(5_000)),
    minOrderAmount: Money.of(COUPON_FROM),
    totalQuantity: 1_000,
    validFrom: opened,
    validUntil: new Date(now.getTime() + 30 * DAY),
  });
  await idOf({
    name: '선착순 100명 3,000원 할인',
    discount: new Discount('FIXED', 3_000),
    minOrderAmount: Money.of(15_000),
    totalQuantity: 100,
    validFrom: new Date(now.getTime() + DAY),
    validUntil: new Date(now.getTime() + 40 * DAY),
  });
  const issued = await unitOfWork.query<{ userId: string }>(
    'SELECT user_id AS "userId" FROM issued_coupon WHERE coupon_id = $1',
    [couponId],
  );
  const holders = new Set(issued.map(({ userId }) => userId));
  const missing = DEMO_CUSTOMERS.slice(0, COUPON_HOLDERS).filter((customer) => !holders.has(customer));
  await allOf(missing.map((userId) => coupons.issue({ userId, couponId })));
  return couponId;
}

/** Answers how many orders are paid then: all of them. */
async function buyPlanned(
  shop: INestApplicationContext,
  clock: PastClock,
  now: Date,
  paid: Progress['paid'],
  couponId: string,
): Promise<number> {
  const shopper = new Shopper(shop, CHARGE_UNIT);
  const optionIds = await optionIdsOf(shop.get(TypeOrmUnitOfWork, { strict: false }));
  const holders = new Set(DEMO_CUSTOMERS.slice(0, COUPON_HOLDERS));
  const passed = new Map<string, number>();
  let orders = 0;
  for (const { minutesAgo, purchases } of planDemo()) {
    clock.moveTo(new Date(now.getTime() - minutesAgo * MINUTE));
    await allOf(
      purchases.map(async ({ userId, items }) => {
        const usesCoupon = worth({ userId, items }) >= COUPON_FROM && holders.delete(userId);
        const before = passed.get(userId) ?? 0;
        passed.set(userId, before + 1);
        if (before < (paid.get(userId) ?? 0)) return;
        await shopper.buy({
          userId,
          items: items.map(({ product, option, quantity }) => ({
            optionId: optionIds.get(keyOf(product, option))!,
            quantity,
          })),
          couponId: usesCoupon ? couponId : undefined,
        });
      }),
    );
    orders += purchases.length;
  }
  return orders;
}

/** Waits for every call, also after one has failed: nothing goes on behind the back of whoever is told of the failure. */
async function allOf(calls: readonly Promise<unknown>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(calls)) if (outcome.status === 'rejected') throw outcome.reason;
}

async function optionIdsOf(unitOfWork: TypeOrmUnitOfWork): Promise<ReadonlyMap<string, string>> {
  const rows = await unitOfWork.query<{ product: string; option: string; id: string }>(
    'SELECT p.name AS product, o.name AS option, o.id FROM product p JOIN product_option o ON o.product_id = p.id',
  );
  return new Map(rows.map(({ product, option, id }) => [`${product} ${option}`, id]));
}

function keyOf(product: number, option: number): string {
  const { name, options } = DEMO_PRODUCTS[product]!;
  return `${name} ${options[option]![0]}`;
}

function worth({ items }: PlannedPurchase): number {
  const amounts = items.map(({ product, option, quantity }) => DEMO_PRODUCTS[product]!.options[option]![1] * quantity);
  return amounts.reduce((sum, amount) => sum + amount, 0);
}
