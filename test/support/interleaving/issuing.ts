import type { Shop } from '../shop-services';
import { either, type Meeting, OK, secondNeedsFirst, twice } from './meeting';
import {
  type Buyer,
  cancel,
  expire,
  issue,
  newBuyer,
  newCoupon,
  newPaid,
  newPending,
  order,
  pay,
  refund,
} from './scenes';

const another = (shop: Shop, { couponId }: Buyer) => shop.customer().then((userId) => ({ userId, couponId }));

export const issuing: readonly Meeting[] = [
  {
    title: 'two users and the last coupon',
    outcomes: either('COUPON_SOLD_OUT'),
    isSymmetric: true,
    stage: async (shop) => {
      const couponId = await newCoupon(shop, 1);
      const [one, other] = [await shop.customer(), await shop.customer()];
      return { calls: [issue({ userId: one, couponId }), issue({ userId: other, couponId })] };
    },
  },
  {
    title: 'one user twice',
    outcomes: either('COUPON_ALREADY_ISSUED'),
    isSymmetric: true,
    stage: async (shop) => {
      const [couponId, userId] = [await newCoupon(shop, 3), await shop.customer()];
      return { calls: twice(issue({ userId, couponId })) };
    },
  },
  {
    title: 'an issue and an order that needs the coupon',
    outcomes: secondNeedsFirst('COUPON_NOT_USABLE'),
    stage: async (shop) => {
      const buyer = { ...(await newBuyer(shop)), couponId: await newCoupon(shop, 1) };
      return { calls: [issue(buyer), order(buyer)] };
    },
  },
  {
    title: 'an issue and a cancel that releases the same coupon',
    outcomes: OK,
    isSparse: true,
    stage: async (shop) => {
      const pending = await newPending(shop);
      return { calls: [issue(await another(shop, pending)), cancel(pending)] };
    },
  },
  {
    title: 'an issue and an expiry that releases the same coupon',
    outcomes: OK,
    isSparse: true,
    stage: async (shop) => {
      const due = await newPending(shop);
      return { calls: [issue(await another(shop, due)), expire], due };
    },
  },
  {
    title: 'an issue and a payment that uses the same coupon',
    outcomes: OK,
    isSparse: true,
    stage: async (shop) => {
      const pending = await newPending(shop);
      return { calls: [issue(await another(shop, pending)), pay(pending)] };
    },
  },
  {
    title: 'an issue and a refund that gives the same coupon back',
    outcomes: OK,
    isSparse: true,
    stage: async (shop) => {
      const paid = await newPaid(shop);
      return { calls: [issue(await another(shop, paid)), refund(paid)] };
    },
  },
];
