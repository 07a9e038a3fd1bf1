import { CouponService, Discount } from '@app/coupon';
import type { Env } from '@app/platform';
import { ProductService, type ProductView } from '@app/product';
import { RankingService } from '@app/ranking';
import { Money } from '@app/shared';
import type { INestApplicationContext } from '@nestjs/common';
import { Client } from 'pg';
import { DEMO_PRODUCTS } from './demo-catalogue';
import { DEMO_CUSTOMERS, type PlannedPurchase, planDemo } from './demo-plan';
import { PastClock } from './past-clock';
import { withShop } from './shop-context';
import { Shopper } from './shopper';

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

/**
 * Fills an empty shop: catalogue, one live coupon and one that starts soon, and orders of the last 60 hours, paid one
 * after another by a clock that steps through them. Null, and nothing done, when the shop has any product.
 */
export async function loadDemo(env: Env): Promise<DemoSummary | null> {
  if (await hasProducts(env)) return null;
  const now = new Date();
  const opened = new Date(now.getTime() - OPENED);
  const clock = new PastClock(opened);
  return withShop(
    env,
    async (shop) => {
      const products = await createProducts(shop);
      const couponId = await createCoupons(shop, opened, now);
      const orders = await buyPlanned(shop, clock, now, products, couponId);
      clock.moveTo(now);
      await shop.get(RankingService, { strict: false }).refresh();
      return { products: products.length, coupons: 2, orders };
    },
    clock,
  );
}

/** Asked before any shop runs by a clock of the past, whose jobs would leave their traces. */
async function hasProducts({ DATABASE_URL }: Env): Promise<boolean> {
  const client = new Client({ connectionString: DATABASE_URL });
  await client.connect();
  try {
    const { rows } = await client.query<{ any: boolean }>('SELECT EXISTS (SELECT FROM product) AS any');
    return rows[0]!.any;
  } finally {
    await client.end();
  }
}

function createProducts(shop: INestApplicationContext): Promise<ProductView[]> {
  return shop.get(ProductService, { strict: false }).createAll(
    DEMO_PRODUCTS.map(({ name, description, options }) => ({
      name,
      description,
      options: options.map(([option, price, stock]) => ({ name: option, price: Money.of(price), stock })),
    })),
  );
}

/** Answers the id of the live one, which some customers hold then. */
async function createCoupons(shop: INestApplicationContext, opened: Date, now: Date): Promise<string> {
  const coupons = shop.get(CouponService, { strict: false });
  const { terms: live } = await coupons.create({
    name: '가을맞이 10% 할인',
    discount: new Discount('PERCENT', 10, Money.of(5_000)),
    minOrderAmount: Money.of(COUPON_FROM),
    totalQuantity: 1_000,
    validFrom: opened,
    validUntil: new Date(now.getTime() + 30 * DAY),
  });
  await coupons.create({
    name: '선착순 100명 3,000원 할인',
    discount: new Discount('FIXED', 3_000),
    minOrderAmount: Money.of(15_000),
    totalQuantity: 100,
    validFrom: new Date(now.getTime() + DAY),
    validUntil: new Date(now.getTime() + 40 * DAY),
  });
  const holders = DEMO_CUSTOMERS.slice(0, COUPON_HOLDERS);
  await Promise.all(holders.map((userId) => coupons.issue({ userId, couponId: live.id })));
  return live.id;
}

/** Answers how many orders were paid: all of them. */
async function buyPlanned(
  shop: INestApplicationContext,
  clock: PastClock,
  now: Date,
  products: readonly ProductView[],
  couponId: string,
): Promise<number> {
  const shopper = new Shopper(shop, CHARGE_UNIT);
  const holders = new Set(DEMO_CUSTOMERS.slice(0, COUPON_HOLDERS));
  let orders = 0;
  for (const { minutesAgo, purchases } of planDemo()) {
    clock.moveTo(new Date(now.getTime() - minutesAgo * MINUTE));
    await Promise.all(
      purchases.map(({ userId, items }) => {
        const usesCoupon = worth({ userId, items }) >= COUPON_FROM && holders.delete(userId);
        return shopper.buy({
          userId,
          items: items.map(({ product, option, quantity }) => ({
            optionId: products[product]!.options[option]!.id,
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

function worth({ items }: PlannedPurchase): number {
  const amounts = items.map(({ product, option, quantity }) => DEMO_PRODUCTS[product]!.options[option]![1] * quantity);
  return amounts.reduce((sum, amount) => sum + amount, 0);
}
