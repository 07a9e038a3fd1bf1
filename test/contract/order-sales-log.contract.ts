import { Money } from '@app/shared';
import { uuidv7 } from 'uuidv7';
import type { SalesLog } from '../../libs/order/src/application/ports/sales-log';
import { Order, type OrderLine, type OrderStatus } from '../../libs/order/src/domain/order';

export interface SalesLogParts {
  readonly sales: SalesLog;
  /** A new product with two options; answers its id and theirs. */
  product(): Promise<{ productId: string; optionIds: readonly [string, string] }>;
  /** Keeps the orders as they are, their payments included. */
  keep(orders: readonly Order[]): Promise<void>;
}

const FROM = new Date('2026-11-19T03:00:00.000Z');
const TO = new Date('2026-11-22T03:00:00.000Z');
const INSIDE = new Date('2026-11-20T03:00:00.000Z');

/** What every log of sales must do; `open` is called for each test. */
export function describeSalesLog(name: string, open: () => Promise<SalesLogParts>): void {
  describe(`${name}, as a log of sales`, () => {
    let parts: SalesLogParts;

    beforeEach(async () => {
      parts = await open();
    });

    type Sold = Pick<OrderLine, 'productId' | 'optionId' | 'quantity'> & { won: number };

    function anOrder(status: OrderStatus, at: Date, ...lines: Sold[]): Order {
      const isPaid = status === 'PAID' || status === 'REFUNDED';
      return Order.restore(
        {
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
        },
        { status, paymentId: isPaid ? uuidv7() : null, paidAt: isPaid ? at : null },
      );
    }

    it('adds up units and won of a product over options and orders', async () => {
      const [a, b] = [await parts.product(), await parts.product()];
      const first = { productId: a.productId, optionId: a.optionIds[0], quantity: 2, won: 100 };
      const second = { productId: a.productId, optionId: a.optionIds[1], quantity: 3, won: 1_000 };
      const other = { productId: b.productId, optionId: b.optionIds[0], quantity: 4, won: 0 };
      await parts.keep([anOrder('PAID', INSIDE, first, second, other), anOrder('PAID', INSIDE, first)]);

      expect(await parts.sales.bestSellers(FROM, TO, 5)).toEqual([
        { productId: a.productId, quantity: 7, amount: 3_400 },
        { productId: b.productId, quantity: 4, amount: 0 },
      ]);
    });

    it('counts paid orders only: what was refunded, cancelled, has expired or waits is out', async () => {
      const { productId, optionIds } = await parts.product();
      const line = { productId, optionId: optionIds[0], quantity: 1, won: 100 };
      const statuses = ['PENDING_PAYMENT', 'CANCELLED', 'EXPIRED', 'REFUNDED'] as const;
      await parts.keep(statuses.map((status) => anOrder(status, INSIDE, line)));

      expect(await parts.sales.bestSellers(FROM, TO, 5)).toEqual([]);
    });

    it('counts from the first millisecond of the window, up to but without the last', async () => {
      const { productId, optionIds } = await parts.product();
      const at = (time: Date, ms: number, quantity: number) =>
        anOrder('PAID', new Date(time.getTime() + ms), { productId, optionId: optionIds[0], quantity, won: 1 });
      await parts.keep([at(FROM, -1, 1), at(FROM, 0, 10), at(TO, -1, 100), at(TO, 0, 1_000)]);

      expect(await parts.sales.bestSellers(FROM, TO, 5)).toEqual([{ productId, quantity: 110, amount: 110 }]);
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
      await parts.keep([anOrder('PAID', INSIDE, ...lines)]);

      const best = await parts.sales.bestSellers(FROM, TO, 4);

      expect(best.map(({ productId }) => productId)).toEqual([e, c, b, d].map(({ productId }) => productId));
    });
  });
}
