import { type ProductSales, SalesLog } from '../../../libs/order/src/application/ports/sales-log';
import { amountOf, type Order } from '../../../libs/order/src/domain/order';

/** Counts the orders that it is shown, line by line. */
export class InMemorySalesLog extends SalesLog {
  constructor(private readonly orders: { readonly all: readonly Order[] }) {
    super();
  }

  /** It keeps nothing but the orders. */
  async forgetOld(): Promise<number> {
    return 0;
  }

  async bestSellers(from: Date, to: Date, limit: number): Promise<ProductSales[]> {
    const sold = new Map<string, ProductSales>();
    for (const { storedStatus, paidAt, terms } of this.orders.all) {
      if (storedStatus !== 'PAID' || !paidAt || paidAt < from || paidAt >= to) continue;
      for (const line of terms.lines) {
        const { productId } = line;
        const { quantity, amount } = sold.get(productId) ?? { quantity: 0, amount: 0 };
        sold.set(productId, {
          productId,
          quantity: quantity + line.quantity,
          amount: amount + amountOf(line).won,
        });
      }
    }
    return [...sold.values()].sort(bestFirst).slice(0, limit);
  }
}

function bestFirst(a: ProductSales, b: ProductSales): number {
  return b.quantity - a.quantity || b.amount - a.amount || (a.productId < b.productId ? -1 : 1);
}
