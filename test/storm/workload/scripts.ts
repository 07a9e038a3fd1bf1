import type { Call } from '../history';
import type { Shopper } from './shopper';
import type { Goods, Owned } from './stage';

/** One round of what a client does again and again. */
export type Script = (shopper: Shopper) => Promise<unknown>;

/** W1: charges, small purchases and looks at balances of a few users, whom all of them share. */
const bank: Script = async (shopper) => {
  const { stage, random } = shopper;
  const userId = random.pick(stage.users);
  const dice = random.next();
  if (dice < 0.5) return shopper.charge(userId, random.between(1, 20_000));
  if (dice < 0.65) return shopper.read('read balance', userId, '/balance');
  if (dice < 0.7) return shopper.read('read transactions', userId, '/balance/transactions?limit=50');
  const order = await shopper.order(userId, [random.pick(stage.goods)], random.between(1, 3));
  if (!order) return;
  // Everybody pays their orders, and some twice at once.
  const tries = random.chance(0.1) ? 2 : 1;
  return Promise.all(Array.from({ length: tries }, () => shopper.pay(order)));
};

/** W2: what there is little of is wanted by all, several kinds at once, named in any order. */
const stock: Script = async (shopper) => {
  const { stage, random } = shopper;
  const userId = random.pick(stage.users);
  const wanted = someOf(stage.hotGoods, random.between(1, 3), shopper);
  if (random.chance(0.15)) return shopper.restock(random.pick(stage.hotGoods), random.between(-3, 30) || 1);
  const order = await shopper.order(userId, wanted, random.between(1, 2));
  if (!order) return shopper.read('read product', userId, `/products/${random.pick(wanted).productId}`);
  const dice = random.next();
  if (dice < 0.25) return shopper.cancel(order);
  // Impatient: once more, with a key of its own.
  if (dice < 0.35) return Promise.all([shopper.cancel(order), shopper.cancel(order)]);
  if (dice < 0.45) return Promise.all([shopper.cancel(order), shopper.pay(order)]);
  // The rest expires.
  return dice < 0.7 ? shopper.pay(order) : undefined;
};

/** W3: several at once, all for the same few coupons. */
const rush: Script = (shopper) => {
  const { stage, random } = shopper;
  const tries = Array.from({ length: 6 }, () => shopper.issue(random.pick(stage.users), stage.rushCoupon()));
  return Promise.all(tries);
};

/** W4: a user nobody knew before goes through the whole shop. */
const checkout: Script = async (shopper) => {
  const { stage, random } = shopper;
  const userId = stage.newcomer();
  const charges = random.chance(0.2) ? [15_000, 15_000] : [30_000];
  const coming: Promise<Call>[] = charges.map((amount) => shopper.charge(userId, amount));
  if (random.chance(0.7)) coming.push(shopper.issue(userId, stage.coupon));
  const issued = (await Promise.all(coming)).find(({ action }) => action === 'issue');
  const order = await shopper.order(
    userId,
    someOf(stage.goods, random.between(1, 2), shopper),
    random.between(1, 2),
    issued && stage.coupon,
  );
  if (!order) return;
  const dice = random.next();
  if (dice < 0.1) return shopper.cancel(order);
  if (dice < 0.2) return;
  const payment = await shopper.pay(order);
  if (!payment) return shopper.read('read order', userId, `/orders/${order.id}`);
  if (random.chance(0.3)) await shopper.refund(payment);
  if (random.chance(0.05)) await Promise.all([shopper.refund(payment), shopper.refund(payment)]);
  return shopper.read('read coupons', userId, '/coupons/mine?limit=100');
};

/** W5 and W6: looks at everything, by whoever owns it. */
const look: Script = async (shopper) => {
  const { stage, random } = shopper;
  const userId = random.pick(stage.users);
  const order = stage.orders.pick(random);
  const payment = stage.payments.pick(random);
  const looks: (() => Promise<Call>)[] = [
    () => shopper.read('read balance', userId, '/balance'),
    () => shopper.read('read transactions', userId, '/balance/transactions?limit=100'),
    () => shopper.read('read products', userId, '/products?limit=100'),
    () => shopper.read('read product', userId, `/products/${random.pick(stage.hotGoods).productId}`),
    () => shopper.read('read coupons', userId, '/coupons/mine?limit=100'),
    () => shopper.read('read ranking', userId, '/products/rank'),
  ];
  if (order) looks.push(() => shopper.read('read order', order.userId, `/orders/${order.id}`));
  if (payment) looks.push(() => shopper.read('read payment', payment.userId, `/payments/${payment.id}`));
  return random.pick(looks)();
};

/** W7: keeps the event queue full: of the payments that all others made, some are refunded. */
const refunds: Script = async (shopper) => {
  const { stage, random } = shopper;
  const payment: Owned | undefined = random.chance(0.5) ? stage.payments.pick(random) : undefined;
  if (payment) return shopper.refund(payment);
  return bank(shopper);
};

/** Who comes, how many of each. W8, the noise, comes from all of them. */
export const CREW: readonly { readonly name: string; readonly count: number; readonly script: Script }[] = [
  { name: 'bank', count: 8, script: bank },
  { name: 'stock', count: 6, script: stock },
  { name: 'rush', count: 3, script: rush },
  { name: 'checkout', count: 8, script: checkout },
  { name: 'look', count: 4, script: look },
  { name: 'refund', count: 1, script: refunds },
];

/** Different ones, in any order. */
function someOf(goods: readonly Goods[], count: number, { random }: Shopper): Goods[] {
  const rest = [...goods];
  return Array.from({ length: count }, () => rest.splice(random.between(0, rest.length - 1), 1)[0] as Goods);
}
