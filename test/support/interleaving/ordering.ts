import { either, firstNeedsSecond, type Meeting, OK } from './meeting';
import { cancel, expire, newBuyer, newPaid, newPending, order, orderAll, pay, refund } from './scenes';

export const ordering: readonly Meeting[] = [
  {
    title: 'two users and the last unit',
    outcomes: either('OUT_OF_STOCK'),
    isSymmetric: true,
    stage: async (shop) => {
      const goods = await shop.goods(1);
      const [one, other] = [await shop.customer(), await shop.customer()];
      return { calls: [order({ userId: one, goods }), order({ userId: other, goods })] };
    },
  },
  {
    title: 'two orders of different goods with one coupon',
    outcomes: either('COUPON_NOT_USABLE'),
    isSymmetric: true,
    stage: async (shop) => {
      const buyer = await newBuyer(shop);
      return { calls: [order(buyer), order({ ...buyer, goods: await shop.goods(5) })] };
    },
  },
  {
    title: 'orders of (A, B) and (B, A)',
    outcomes: OK,
    isSymmetric: true,
    stage: async (shop) => {
      const { userId, goods } = await newBuyer(shop);
      const other = await shop.goods(5);
      return { calls: [orderAll(userId, [goods, other]), orderAll(await shop.customer(), [other, goods])] };
    },
  },
  {
    title: 'an order and a cancel that frees the unit and the coupon for it',
    outcomes: firstNeedsSecond('OUT_OF_STOCK'),
    stage: async (shop) => {
      const pending = await newPending(shop, { stock: 1 });
      return { calls: [order(pending), cancel(pending)] };
    },
  },
  {
    title: 'an order of other goods and a cancel that frees the coupon for it',
    outcomes: firstNeedsSecond('COUPON_NOT_USABLE'),
    isSparse: true,
    stage: async (shop) => {
      const pending = await newPending(shop);
      return { calls: [order({ ...pending, goods: await shop.goods(5) }), cancel(pending)] };
    },
  },
  {
    title: 'an order and an expiry that frees the unit and the coupon for it',
    outcomes: firstNeedsSecond('OUT_OF_STOCK'),
    stage: async (shop) => {
      const due = await newPending(shop, { stock: 1 });
      return { calls: [order(due), expire], due };
    },
  },
  {
    title: 'an order and a payment for the last two units',
    outcomes: OK,
    stage: async (shop) => {
      const pending = await newPending(shop, { stock: 2 });
      return { calls: [order({ ...pending, couponId: undefined }), pay(pending)] };
    },
  },
  {
    title: 'an order and a refund that gives it the unit and the coupon',
    outcomes: firstNeedsSecond('OUT_OF_STOCK'),
    stage: async (shop) => {
      const paid = await newPaid(shop, { stock: 1 });
      return { calls: [order(paid), refund(paid)] };
    },
  },
];
