import { DomainException } from '@app/shared';
import fc from 'fast-check';
import { BALANCE, Model, type ModelOrder, PRICE, type Step, USERS, type User } from './order-model';
import { MINUTE, ShopInMemory } from './shop-in-memory';

const steps = fc.array(
  fc.record<Step>({
    kind: fc.constantFrom(
      'place',
      'place',
      'place',
      'pay',
      'pay',
      'pay',
      'cancel',
      'refund',
      'refund',
      'expire',
      'charge',
    ),
    user: fc.constantFrom(...USERS),
    // Few, so that much happens to each.
    which: fc.nat(3),
    byStranger: fc.constantFrom(false, false, false, false, false, false, true),
    quantity: fc.integer({ min: 1, max: 2 }),
    withCoupon: fc.boolean(),
    wait: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 5, 10, 15),
  }),
  { maxLength: 30 },
);

/** The real services over the real domain, without a database. */
class RealShop {
  private readonly shop = new ShopInMemory();
  private readonly coupons = new Map<User, string>();
  private optionId = '';

  async open(stock: number): Promise<this> {
    this.optionId = await this.shop.option(stock, PRICE);
    for (const user of USERS) {
      await this.shop.charge(user, BALANCE);
      this.coupons.set(user, await this.shop.couponOf(user));
    }
    return this;
  }

  async take(step: Step): Promise<string> {
    this.shop.clock.advance(step.wait * MINUTE);
    return this.call(step).then(
      (result) => (typeof result === 'number' ? `${result} expired` : 'done'),
      (error: unknown) => (error instanceof DomainException ? error.code : String(error)),
    );
  }

  /** Everything that may change, in the shape of the model. */
  async state(): Promise<object> {
    const { shop, optionId } = this;
    const { kim, lee } = Object.fromEntries(this.coupons) as Record<User, string>;
    return {
      ...shop.shelf(optionId),
      statuses: shop.placed.all.map(({ storedStatus }) => storedStatus),
      balances: { kim: await shop.balanceOf('kim'), lee: await shop.balanceOf('lee') },
      coupons: { kim: await shop.couponStatus(kim, 'kim'), lee: await shop.couponStatus(lee, 'lee') },
      events: shop.dataPlatform.events.length,
      moves: shop.stock.memory.movements.filter(({ orderId }) => orderId !== null).length,
    };
  }

  private call({ kind, user, which, byStranger, quantity, withCoupon }: Step): Promise<unknown> {
    const { shop, optionId } = this;
    if (kind === 'place') {
      return shop.order(user, optionId, quantity, withCoupon ? this.coupons.get(user) : undefined);
    }
    if (kind === 'charge') return shop.charge(user, quantity * PRICE);
    if (kind === 'expire') return shop.orders.expireDue(100);
    const order = shop.placed.all[which % shop.placed.all.length];
    const owner = order?.terms.userId ?? user;
    const userId = byStranger ? USERS.find((other) => other !== owner)! : owner;
    if (kind === 'refund') return shop.payments.refund({ userId, paymentId: order?.paymentId ?? '' });
    const asked = { userId, orderId: order?.id ?? '' };
    return kind === 'pay' ? shop.payments.pay(asked) : shop.orders.cancel(asked);
  }
}

describe('any sequence of orders, payments, cancels, expiries and refunds', () => {
  it('moves order, stock, coupon and balance together, and releases what was reserved once', async () => {
    const property = fc.asyncProperty(steps, fc.integer({ min: 0, max: 8 }), async (sequence, stock) => {
      const shop = await new RealShop().open(stock);
      const model = new Model(stock);
      for (const step of sequence) {
        model.now += step.wait;
        const ending = await shop.take(step);
        const state = await shop.state();
        const after = { ending: model.take(step), ...stateOf(model) };
        expect({ step, ending, ...state, problems: problemsOf(model, stock) }).toEqual({
          step,
          ...after,
          problems: [],
        });
      }
    });
    await fc.assert(property, { numRuns: 500 });
  });
});

/** A payment and a refund bring an event and a movement of the stock each. */
function stateOf({ onHand, reserved, balances, coupons, orders }: Model): object {
  const statuses = orders.map(({ status }) => status);
  const moves = statuses.filter((status) => status === 'PAID').length + 2 * statuses.filter(isRefunded).length;
  return { onHand, reserved, statuses, balances, coupons, events: moves, moves };
}

const isRefunded = (status: string): boolean => status === 'REFUNDED';

/** What does not hold of the model, which the shop is found equal to. */
function problemsOf({ onHand, reserved, orders, coupons, balances }: Model, stock: number): string[] {
  const units = (wanted: string) =>
    orders.reduce((sum, { status, quantity }) => sum + (status === wanted ? quantity : 0), 0);
  const isRight = (user: User): boolean => {
    const holding = orders.filter((order) => order.owner === user && order.withCoupon && couponOf(order) !== undefined);
    return holding.length <= 1 && coupons[user] === (holding[0] ? couponOf(holding[0]) : 'AVAILABLE');
  };
  const holds = {
    reserved: reserved === units('PENDING_PAYMENT') && reserved <= onHand,
    sold: onHand === stock - units('PAID'),
    coupons: USERS.every(isRight),
    balances: USERS.every((user) => balances[user] >= 0),
  };
  return Object.entries(holds).flatMap(([name, isTrue]) => (isTrue ? [] : [name]));
}

/** What an order makes of its coupon while it holds it. */
function couponOf({ status }: ModelOrder): string | undefined {
  return ({ PENDING_PAYMENT: 'RESERVED', PAID: 'USED' } as Record<string, string>)[status];
}
