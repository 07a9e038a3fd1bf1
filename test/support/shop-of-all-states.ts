import { type Goods, type Shop, TIME_TO_PAY } from './shop-services';

/** What is in a shop that has seen everything that can happen to an order. */
export interface ShopOfAllStates {
  /** Sold most often, second and third. */
  readonly bestSellers: readonly [Goods, Goods, Goods];
  /** On hand 10, of which 2 are reserved by the pending order. */
  readonly reserved: Goods;
  readonly couponId: string;
  /** Who holds the coupon, and the order that it was given for. */
  readonly pending: Held;
  readonly paid: Held & { readonly paymentId: string };
  readonly refunded: Held & { readonly paymentId: string };
  readonly cancelled: Held;
  readonly expired: Held;
  /** Has charged once and paid it all. */
  readonly spent: string;
}

interface Held {
  readonly userId: string;
  readonly orderId: string;
}

/** A minute and more after the last sale and refund, the ranking. */
const LATER = 90_000;

export async function openShopOfAllStates(shop: Shop): Promise<ShopOfAllStates> {
  const [first, second, third, reserved] = await Promise.all([10, 10, 10, 10].map((stock) => shop.goods(stock, 1_000)));
  const users = await Promise.all(Array.from({ length: 5 }, () => shop.customer(50_000)));
  const couponId = await shop.couponOf(users);
  const order = async (userId: string, goods: Goods, quantity: number): Promise<Held> => {
    const { id: orderId } = await shop.order(userId, goods, quantity, couponId);
    return { userId, orderId };
  };
  const pay = async (held: Held) => ({ ...held, paymentId: (await shop.payments.pay(held)).id });

  const expired = await order(users[0]!, first!, 4);
  shop.clock.advance(TIME_TO_PAY);
  await shop.expireDue();
  const pending = await order(users[1]!, reserved!, 2);
  const cancelled = await order(users[2]!, first!, 4);
  await shop.orders.cancel(cancelled);
  const refunded = await pay(await order(users[3]!, reserved!, 4));
  await shop.payments.refund(refunded);
  const paid = await pay(await order(users[4]!, first!, 5));

  const spent = await shop.customer(6_000);
  for (const [goods, quantity] of [
    [second!, 4],
    [third!, 2],
  ] as const) {
    const { id: orderId } = await shop.order(spent, goods, quantity);
    await shop.payments.pay({ userId: spent, orderId });
  }
  shop.clock.advance(LATER);
  await shop.rankings.refresh();
  return {
    bestSellers: [first!, second!, third!],
    reserved: reserved!,
    couponId,
    pending,
    paid,
    refunded,
    cancelled,
    expired,
    spent,
  };
}
