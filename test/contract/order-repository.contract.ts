import { Money, type UnitOfWork } from '@app/shared';
import { uuidv7 } from 'uuidv7';
import type { OrderRepository } from '../../libs/order/src/application/ports/order.repository';
import { Order, type OrderLine, type OrderTerms } from '../../libs/order/src/domain/order';

export interface OrderRepositoryParts {
  readonly orders: OrderRepository;
  readonly unitOfWork: UnitOfWork;
  /** Two lines of options that exist. */
  lines(): Promise<OrderLine[]>;
  /** A coupon that the user holds. */
  couponOf(userId: string): Promise<string>;
}

const PLACED_AT = new Date('2026-11-22T03:00:00.123Z');
const EXPIRES_AT = new Date('2026-11-22T03:15:00.123Z');

/** What every place to keep orders must do; `open` is called once, and the tests share what it answers. */
export function describeOrderRepository(name: string, open: () => Promise<OrderRepositoryParts>): void {
  describe(`${name}, as a place to keep orders`, () => {
    let parts: OrderRepositoryParts;
    let userId: string;

    beforeAll(async () => {
      parts = await open();
    });

    beforeEach(() => {
      userId = `user-${uuidv7()}`;
    });

    async function termsOf(terms: Partial<OrderTerms> = {}): Promise<OrderTerms> {
      const { lines = await parts.lines(), ...others } = terms;
      return {
        id: uuidv7(),
        userId,
        lines,
        couponId: null,
        discount: Money.zero,
        placedAt: PLACED_AT,
        expiresAt: EXPIRES_AT,
        ...others,
      };
    }

    async function added(terms: Partial<OrderTerms> = {}): Promise<Order> {
      const order = Order.place(await termsOf(terms));
      await parts.unitOfWork.run(() => parts.orders.addAll([order]));
      return order;
    }

    const refOf = ({ id, terms }: Order) => ({ orderId: id, userId: terms.userId });

    const read = (order: Order) => parts.orders.find(refOf(order));

    it('gives back all terms of an order, its lines in their order', async () => {
      const couponId = await parts.couponOf(userId);
      const order = await added({ couponId, discount: Money.of(1_000) });

      const found = await read(order);

      expect(found?.terms).toEqual(order.terms);
      expect([found?.storedStatus, found?.paymentId, found?.paidAt]).toEqual(['PENDING_PAYMENT', null, null]);
      expect([found?.subtotal, found?.total]).toEqual([order.subtotal, order.total]);
      expect(found?.hasChanged).toBe(false);
    });

    it('finds nothing of somebody else, and nothing where nothing is', async () => {
      const { id: orderId } = await added();

      expect(await parts.orders.find({ orderId, userId: 'somebody-else' })).toBeNull();
      expect(await parts.orders.find({ orderId: uuidv7(), userId })).toBeNull();
    });

    it('adds an order once', async () => {
      const order = await added();

      await expect(parts.unitOfWork.run(() => parts.orders.addAll([order]))).rejects.toThrow('duplicate key');
    });

    it('stores what becomes of an order, and leaves the others alone', async () => {
      const [paid, cancelled, left] = [await added(), await added(), await added()];
      const paymentId = uuidv7();

      await parts.unitOfWork.run(async () => {
        const locked = await parts.orders.lockAll([paid, cancelled, left].map(refOf));
        locked.get(paid.id)?.pay(paymentId, PLACED_AT);
        locked.get(cancelled.id)?.cancel(PLACED_AT);
        await parts.orders.saveAll(locked.values());
      });

      const found = await Promise.all([paid, cancelled, left].map(read));
      expect(found.map((order) => [order?.storedStatus, order?.paymentId, order?.paidAt])).toEqual([
        ['PAID', paymentId, PLACED_AT],
        ['CANCELLED', null, null],
        ['PENDING_PAYMENT', null, null],
      ]);
      expect(found[0]?.terms).toEqual(paid.terms);
    });

    it('does not store what is changed and never saved', async () => {
      const order = await added();

      await parts.unitOfWork.run(async () =>
        (await parts.orders.lockAll([refOf(order)])).get(order.id)?.cancel(PLACED_AT),
      );

      expect((await read(order))?.storedStatus).toBe('PENDING_PAYMENT');
    });

    it('locks by ascending id whatever order it is asked in, without repeats, strangers and what does not exist', async () => {
      const [a, b, foreign] = [await added(), await added(), await added({ userId: `stranger-${uuidv7()}` })];
      const asked = [b, a, b].map(refOf);

      const locked = await parts.unitOfWork.run(() =>
        parts.orders.lockAll([...asked, { orderId: foreign.id, userId }, { orderId: uuidv7(), userId }]),
      );

      expect([...locked.keys()]).toEqual([a.id, b.id]);
      expect(locked.get(a.id)?.terms).toEqual(a.terms);
    });

    it('locks none of none', async () => {
      expect((await parts.unitOfWork.run(() => parts.orders.lockAll([]))).size).toBe(0);
    });

    it('names as due what is pending at the end of its time: the oldest first, so many, and not a millisecond early', async () => {
      const long = 1_000 * 86_400_000;
      const at = (ms: number) => new Date(EXPIRES_AT.getTime() - long + ms);
      const due = async (ms: number) => added({ placedAt: at(-1_000), expiresAt: at(ms) });
      const [second, first, third, ended] = [await due(1), await due(0), await due(2), await due(0)];
      await parts.unitOfWork.run(async () => {
        const locked = await parts.orders.lockAll([refOf(ended)]);
        locked.get(ended.id)?.expire(at(0));
        await parts.orders.saveAll(locked.values());
      });
      const dueAt = async (ms: number, limit: number) =>
        (await parts.unitOfWork.run(() => parts.orders.lockDue(at(ms), limit))).map(({ id }) => id);

      expect(await dueAt(-1, 10)).toEqual([]);
      expect(await dueAt(1, 10)).toEqual([first.id, second.id]);
      expect(await dueAt(2, 2)).toEqual([first.id, second.id]);
      expect(await dueAt(2, 3)).toEqual([first.id, second.id, third.id]);
    });

    it('pages through the orders of a user, newest first, each once, while new ones arrive', async () => {
      const at = (second: number) => new Date(PLACED_AT.getTime() + second * 1_000);
      const placed: Order[] = [];
      for (const second of [1, 2, 2, 2, 3]) placed.push(await added({ placedAt: at(second) }));
      await added({ userId: `stranger-${uuidv7()}` });
      const expected = placed.map(({ id }) => id).reverse();

      const first = await parts.orders.findPage(userId, { limit: 2 });
      await added({ placedAt: at(9) });
      const second = await parts.orders.findPage(userId, { limit: 2, cursor: first.nextCursor! });
      const third = await parts.orders.findPage(userId, { limit: 2, cursor: second.nextCursor! });

      expect([first, second, third].flatMap(({ items }) => items.map(({ id }) => id))).toEqual(expected);
      expect(third.nextCursor).toBeNull();
      expect(first.items[0]?.terms).toEqual(placed[4]?.terms);
    });

    it('has an empty page for a user never seen', async () => {
      expect(await parts.orders.findPage(userId, { limit: 20 })).toEqual({ items: [], nextCursor: null });
    });
  });
}
