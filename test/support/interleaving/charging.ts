import { either, type Meeting, OK, secondNeedsFirst, twice } from './meeting';
import { cancel, charge, expire, issue, newBuyer, newCoupon, newPaid, newPending, order, pay, refund } from './scenes';

export const charging: readonly Meeting[] = [
  {
    title: 'two first charges of one user',
    outcomes: OK,
    isSymmetric: true,
    stage: async (shop) => ({ calls: twice(charge({ userId: await shop.customer() })) }),
  },
  {
    title: 'two charges of which the limit lets one through',
    outcomes: either('BALANCE_LIMIT_EXCEEDED'),
    isSymmetric: true,
    stage: async (shop) => ({ calls: twice(charge({ userId: await shop.customer(995_000_000) }, 4_000_000)) }),
  },
  {
    title: 'a charge and an issue to the same user',
    outcomes: OK,
    isSparse: true,
    stage: async (shop) => {
      const userId = await shop.customer(1_000);
      return { calls: [charge({ userId }), issue({ userId, couponId: await newCoupon(shop, 1) })] };
    },
  },
  {
    title: 'a charge and an order of the same user',
    outcomes: OK,
    isSparse: true,
    stage: async (shop) => {
      const buyer = await newBuyer(shop);
      return { calls: [charge(buyer), order(buyer)] };
    },
  },
  {
    title: 'a charge and a cancel of the same user',
    outcomes: OK,
    isSparse: true,
    stage: async (shop) => {
      const pending = await newPending(shop);
      return { calls: [charge(pending), cancel(pending)] };
    },
  },
  {
    title: 'a charge and the expiry of an order of the same user',
    outcomes: OK,
    isSparse: true,
    stage: async (shop) => {
      const due = await newPending(shop);
      return { calls: [charge(due), expire], due };
    },
  },
  {
    title: 'a charge and a payment from one balance',
    outcomes: OK,
    stage: async (shop) => {
      const pending = await newPending(shop);
      return { calls: [charge(pending), pay(pending)] };
    },
  },
  {
    title: 'a charge and a payment that needs it',
    outcomes: secondNeedsFirst('INSUFFICIENT_BALANCE'),
    isSparse: true,
    stage: async (shop) => {
      const pending = await newPending(shop, { won: 6_500 });
      return { calls: [charge(pending), pay(pending)] };
    },
  },
  {
    title: 'a charge and a refund, of which the limit lets one through',
    outcomes: either('BALANCE_LIMIT_EXCEEDED'),
    isSparse: true,
    stage: async (shop) => {
      const paid = await newPaid(shop, { won: 999_990_000 });
      return { calls: [charge(paid, 16_000), refund(paid)] };
    },
  },
];
