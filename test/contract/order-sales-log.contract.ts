import { Money } from '@app/shared';
import { uuidv7 } from 'uuidv7';
import type { SalesLog } from '../../libs/order/src/application/ports/sales-log';
import { Order, type OrderLine } from '../../libs/order/src/domain/order';

export interface SalesLogParts {
  readonly sales: SalesLog;
  /** A new product with two options; answers its id and theirs. */
  product(): Promise<{ productId: string; optionIds: readonly [string, string] }>;
  /** Keeps new orders. */
  add(orders: readonly Order[]): Promise<void>;
  /** Keeps what has become of them. */
  save(orders: readonly Order[]): Promise<void>;
}

const HOUR = 3_600_000;
/** The end of an hour that is over, in milliseconds. */
const FULL_HOUR = (Math.floor(Date.now() / HOUR) - 1) * HOUR;

/** Windows of 72 hours by their ends. What is quick for the last days must be right for any. */
const WINDOWS: readonly (readonly [name: string, to: Date])[] = [
  ['in a window of whole hours', new Date(FULL_HOUR)],
  ['in a window that begins and ends within an hour', new Date(FULL_HOUR - 1_234_567)],
  ['in a window of which the beginning is no longer counted', new Date(FULL_HOUR - 96 * HOUR)],
  ['in a window of long ago', new Date('2025-11-22T03:10:00.000Z')],
];

/** What every log of sales must do; `open` is called for each test. */
export function describeSalesLog(name: string, open: () => Promise<SalesLogParts>): void {
  describe.each(WINDOWS)(`${name}, as a log of sales, %s`, (_, TO) => {
    const FROM = new Date(TO.getTime() - 72 * HOUR);
    const INSIDE = new Date(FROM.getTime() + 24 * HOUR);
    let parts: SalesLogParts;

    beforeEach(async () => {
      parts = await open();
    });

    type Sold = Pick<OrderLine, 'productId' | 'optionId' | 'quantity'> & { won: number };

    function anOrder(at: Date, ...lines: Sold[]): Order {
      return Order.place({
        id: uuidv7(),
        userId: 'kim',
        lines: lines.map(({ won, ...line }) => ({
          ...line,
          productName: '제주 감귤',
          optionName: '5kg',
          unitPrice: Money.of(won),
        })),
        couponId: null,
        discount: Money.zero,
        placedAt: at,
        expiresAt: new Date(at.getTime() + 1_000),
      });
    }

    async function sell(...orders: Order[]): Promise<void> {
      await parts.add(orders);
      for (const order of orders) order.pay(uuidv7(), order.terms.placedAt);
      await parts.save(orders);
    }

    it('adds up units and won of a product over options and orders', async () => {
      const [a, b] = [await parts.product(), await parts.product()];
      const first = { productId: a.productId, optionId: a.optionIds[0], quantity: 2, won: 100 };
      const second = { productId: a.productId, optionId: a.optionIds[1], quantity: 3, won: 1_000 };
      const other = { productId: b.productId, optionId: b.optionIds[0], quantity: 4, won: 0 };
      await sell(anOrder(INSIDE, first, second, other), anOrder(INSIDE, first));
      await sell(anOrder(INSIDE, second));

      expect(await parts.sales.bestSellers(FROM, TO, 5)).toEqual([
        { productId: a.productId, quantity: 10, amount: 6_400 },
        { productId: b.productId, quantity: 4, amount: 0 },
      ]);
    });

    it('counts paid orders only: what was refunded, cancelled, has expired or waits is out', async () => {
      const { productId, optionIds } = await parts.product();
      const line = { productId, optionId: optionIds[0], quantity: 1, won: 100 };
      const [, cancelled, expired] = [0, 1, 2].map(() => anOrder(INSIDE, line));
      const refunded = anOrder(INSIDE, line);
      const orders = [anOrder(INSIDE, line), cancelled!, expired!];
      await parts.add(orders);
      cancelled!.cancel(INSIDE);
      expired!.expire(expired!.terms.expiresAt);
      await parts.save(orders);
      await sell(refunded);
      refunded.refund();
      await parts.save([refunded]);

      expect(await parts.sales.bestSellers(FROM, TO, 5)).toEqual([]);
    });

    it('takes out what is refunded of what else was sold in that hour', async () => {
      const { productId, optionIds } = await parts.product();
      const [kept, returned] = [2, 3].map((quantity) =>
        anOrder(INSIDE, { productId, optionId: optionIds[0], quantity, won: 100 }),
      );
      await sell(kept!, returned!);
      returned!.refund();
      await parts.save([returned!]);

      expect(await parts.sales.bestSellers(FROM, TO, 5)).toEqual([{ productId, quantity: 2, amount: 200 }]);
    });

    it('counts from the first millisecond of the window up to the last, over the edges of hours', async () => {
      const { productId, optionIds } = await parts.product();
      const at = (time: number, quantity: number) =>
        anOrder(new Date(time), { productId, optionId: optionIds[0], quantity, won: 1 });
      const [from, to] = [FROM.getTime(), TO.getTime()];
      const [firstHour, lastHour] = [Math.ceil(from / HOUR) * HOUR, Math.floor(to / HOUR) * HOUR];
      // Each has a bit of its own, so that the sum says which were counted.
      await sell(at(from - 1, 1_024), at(to, 2_048));
      await sell(at(from, 1), at(firstHour - 1, 2), at(firstHour, 4));
      await sell(at(lastHour - 1, 8), at(lastHour, 16), at(to - 1, 32));

      const quantity = 63 - (from === firstHour ? 2 : 0) - (to === lastHour ? 16 : 0);
      expect(await parts.sales.bestSellers(FROM, TO, 5)).toEqual([{ productId, quantity, amount: quantity }]);
    });

    it('places by units, then by won, then by product id, and names no more than asked for', async () => {
      const product = () => parts.product();
      const [a, b, c, d, e] = [await product(), await product(), await product(), await product(), await product()];
      const line = ({ productId, optionIds }: typeof a, quantity: number, won: number) => ({
        productId,
        optionId: optionIds[0],
        quantity,
        won,
      });
      const lines = [line(a, 1, 99_999), line(b, 2, 100), line(c, 2, 200), line(d, 2, 100), line(e, 3, 1)];
      await sell(anOrder(INSIDE, ...lines));

      const best = await parts.sales.bestSellers(FROM, TO, 4);

      expect(best.map(({ productId }) => productId)).toEqual([e, c, b, d].map(({ productId }) => productId));
    });
  });
}
