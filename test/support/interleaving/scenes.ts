import { Discount } from '@app/coupon';
import { Money } from '@app/shared';
import type { Goods, Shop } from '../shop-services';
import { LATER } from './gated-shop';
import type { Call } from './interleaver';

const DAY = 86_400_000;

/** Won: an order of one unit costs 7,000 with the coupon, which takes 3,000 off. */
const PRICE = 10_000;
const ENOUGH = 20_000;

/** Somebody with a balance, goods to order and a coupon for them. */
export interface Buyer {
  readonly userId: string;
  readonly goods: Goods;
  readonly couponId: string;
}

/** A buyer's pending order of one unit. */
export interface Pending extends Buyer {
  readonly orderId: string;
}

export interface Paid extends Pending {
  readonly paymentId: string;
}

export interface Means {
  /** Units on the shelf. */
  readonly stock?: number;
  /** What is charged, in won. */
  readonly won?: number;
  /** How many of the coupon there are. */
  readonly coupons?: number;
}

/** A new coupon, of which nobody holds one. */
export async function newCoupon(shop: Shop, totalQuantity: number): Promise<string> {
  const now = (await shop.clock.now()).getTime();
  const { terms } = await shop.coupons.create({
    name: '블랙프라이데이',
    discount: new Discount('FIXED', 3_000),
    minOrderAmount: Money.zero,
    totalQuantity,
    validFrom: new Date(now - DAY),
    validUntil: new Date(now + DAY),
  });
  return terms.id;
}

export async function newBuyer(shop: Shop, { stock = 5, won = ENOUGH, coupons = 5 }: Means = {}): Promise<Buyer> {
  const goods = await shop.goods(stock, PRICE);
  const userId = await shop.customer(won);
  const couponId = await newCoupon(shop, coupons);
  await shop.coupons.issue({ userId, couponId });
  return { userId, goods, couponId };
}

export async function newPending(shop: Shop, means: Means = {}): Promise<Pending> {
  return ordered(shop, await newBuyer(shop, means));
}

export async function newPaid(shop: Shop, means: Means = {}): Promise<Paid> {
  const pending = await newPending(shop, means);
  const { id: paymentId } = await shop.payments.pay(pending);
  return { ...pending, paymentId };
}

/** The buyer's order of one unit, with the coupon. */
export async function ordered(shop: Shop, buyer: Buyer): Promise<Pending> {
  const { id: orderId } = await shop.order(buyer.userId, buyer.goods, 1, buyer.couponId);
  return { ...buyer, orderId };
}

/** The buyer's order of one unit, without the coupon. */
export async function plainlyOrdered(shop: Shop, buyer: Buyer): Promise<Pending> {
  const { id: orderId } = await shop.order(buyer.userId, buyer.goods);
  return { ...buyer, orderId };
}

/** Lets the time to pay of an order end within the minute: `expire` finds it due, everybody else does not. */
export async function soonDue(shop: Shop, { orderId }: Pending): Promise<void> {
  await shop.sql(`UPDATE orders SET expires_at = now() + $2 * interval '1 millisecond' WHERE id = $1`, [
    orderId,
    LATER / 2,
  ]);
}

const done = (): string => 'ok';

export const charge =
  ({ userId }: Pick<Buyer, 'userId'>, won = 1_000): Call =>
  ({ shop }) =>
    shop.balances.charge({ userId, amount: Money.of(won) }).then(done);

export const issue =
  (command: { userId: string; couponId: string }): Call =>
  ({ shop }) =>
    shop.coupons.issue(command).then(done);

export const order =
  ({ userId, goods, couponId }: Omit<Buyer, 'couponId'> & { couponId?: string | undefined }): Call =>
  ({ shop }) =>
    shop.order(userId, goods, 1, couponId).then(done);

/** One unit of each, named in that order. */
export const orderAll =
  (userId: string, shelf: readonly Goods[]): Call =>
  ({ shop }) =>
    shop.orders.place({ userId, items: shelf.map(({ optionId }) => ({ optionId, quantity: 1 })) }).then(done);

export const cancel =
  (pending: Pending): Call =>
  ({ shop }) =>
    shop.orders.cancel(pending).then(done);

export const pay =
  (pending: Pending): Call =>
  ({ shop }) =>
    shop.payments.pay(pending).then(done);

export const refund =
  (paid: Paid): Call =>
  ({ shop }) =>
    shop.payments.refund(paid).then(done);

/** The sweeper's round, a minute from now. */
export const expire: Call = async ({ later }) => ((await later.expireDue()) === 0 ? 'nothing due' : 'ok');
