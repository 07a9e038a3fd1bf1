import { either, firstNeedsSecond, type Meeting, OK, twice } from './meeting';
import { cancel, expire, newPaid, newPending, pay, plainlyOrdered, refund } from './scenes';

export const cancelling: readonly Meeting[] = [
  {
    title: 'two cancels of one order',
    outcomes: either('ORDER_NOT_CANCELLABLE'),
    isSymmetric: true,
    stage: async (shop) => ({ calls: twice(cancel(await newPending(shop))) }),
  },
  {
    title: 'a cancel and the expiry of one order',
    outcomes: [
      ['ok', 'nothing due'],
      ['ORDER_NOT_CANCELLABLE', 'ok'],
    ],
    stage: async (shop) => {
      const due = await newPending(shop);
      return { calls: [cancel(due), expire], due };
    },
  },
  {
    title: 'a cancel and a payment of one order',
    outcomes: [
      ['ok', 'ORDER_CANCELLED'],
      ['ORDER_NOT_CANCELLABLE', 'ok'],
    ],
    stage: async (shop) => {
      const pending = await newPending(shop);
      return { calls: [cancel(pending), pay(pending)] };
    },
  },
  {
    title: 'a cancel and a refund of two orders for one option',
    outcomes: OK,
    isSparse: true,
    stage: async (shop) => {
      const paid = await newPaid(shop);
      return { calls: [cancel(await plainlyOrdered(shop, paid)), refund(paid)] };
    },
  },
];

export const expiring: readonly Meeting[] = [
  {
    title: 'two sweepers and one order',
    outcomes: either('nothing due'),
    isSymmetric: true,
    stage: async (shop) => ({ calls: twice(expire), due: await newPending(shop) }),
  },
  {
    title: 'the expiry and a payment of one order',
    outcomes: [
      ['ok', 'ORDER_EXPIRED'],
      ['nothing due', 'ok'],
    ],
    stage: async (shop) => {
      const due = await newPending(shop);
      return { calls: [expire, pay(due)], due };
    },
  },
  {
    title: 'an expiry and a refund of two orders for one option',
    outcomes: OK,
    isSparse: true,
    stage: async (shop) => {
      const paid = await newPaid(shop);
      return { calls: [expire, refund(paid)], due: await plainlyOrdered(shop, paid) };
    },
  },
];

export const paying: readonly Meeting[] = [
  {
    title: 'two payments of one order',
    outcomes: either('ORDER_ALREADY_PAID'),
    isSymmetric: true,
    stage: async (shop) => ({ calls: twice(pay(await newPending(shop))) }),
  },
  {
    title: 'two payments, of different goods, of which the balance covers one',
    outcomes: either('INSUFFICIENT_BALANCE'),
    isSymmetric: true,
    stage: async (shop) => {
      const pending = await newPending(shop, { won: 10_000 });
      const other = await plainlyOrdered(shop, { ...pending, goods: await shop.goods(5) });
      return { calls: [pay(pending), pay(other)] };
    },
  },
  {
    title: 'a payment and a refund that it needs, for one option',
    outcomes: firstNeedsSecond('INSUFFICIENT_BALANCE'),
    isSparse: true,
    stage: async (shop) => {
      const paid = await newPaid(shop, { won: 10_000 });
      return { calls: [pay(await plainlyOrdered(shop, paid)), refund(paid)] };
    },
  },
  {
    title: 'two refunds of one payment',
    outcomes: either('PAYMENT_ALREADY_REFUNDED'),
    isSymmetric: true,
    stage: async (shop) => ({ calls: twice(refund(await newPaid(shop))) }),
  },
];
