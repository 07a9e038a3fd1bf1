import { type Balance, BalanceLedger } from '@app/balance';
import { CouponWallet, type HeldCoupons } from '@app/coupon';
import { type Order, OrderBook } from '@app/order';
import { type StockedOption, StockRoom } from '@app/product';
import { Injectable } from '@nestjs/common';
import { uuidv7 } from 'uuidv7';

/** Everything that settling some locked orders touches, locked in the service-wide order: order, option, coupon, balance. */
export interface Books {
  readonly options: ReadonlyMap<string, StockedOption>;
  readonly coupons: HeldCoupons;
  readonly balances: ReadonlyMap<string, Balance>;
}

/** Turns what an order reserved into a sale, and back: stock and coupon follow the order, once each way. */
@Injectable()
export class Settlement {
  constructor(
    private readonly orders: OrderBook,
    private readonly stock: StockRoom,
    private readonly coupons: CouponWallet,
    private readonly balances: BalanceLedger,
  ) {}

  /** Locks what the orders refer to. The orders are locked already: they come first. */
  async open(orders: readonly Order[]): Promise<Books> {
    // Asked for in this order, in one turn: the database takes the locks in the order in which it is asked.
    const [options, coupons, balances] = await Promise.all([
      this.stock.lockAll(orders.flatMap(({ terms }) => terms.lines.map(({ optionId }) => optionId))),
      this.coupons.lockAll(
        orders.flatMap(({ terms: { userId, couponId } }) => (couponId ? [{ userId, couponId }] : [])),
      ),
      this.balances.lockAll(orders.map(({ terms }) => terms.userId)),
    ]);
    return { options, coupons, balances };
  }

  /** The reservation becomes a sale: on hand goes down, the coupon is used. Cannot refuse. */
  sell({ terms }: Order, { options, coupons }: Books, at: Date): void {
    for (const { optionId, quantity } of terms.lines) {
      options.get(optionId)!.sell(quantity, { movementId: uuidv7(), orderId: terms.id, at });
    }
    if (terms.couponId) coupons.of(terms.couponId, terms.userId).use(terms.id);
  }

  /** The sale is undone: the goods are on hand again, the coupon can be used again. Cannot refuse. */
  takeBack({ terms }: Order, { options, coupons }: Books, at: Date): void {
    for (const { optionId, quantity } of terms.lines) {
      options.get(optionId)!.takeBack(quantity, { movementId: uuidv7(), orderId: terms.id, at });
    }
    if (terms.couponId) coupons.of(terms.couponId, terms.userId).giveBack(terms.id);
  }

  async close(orders: readonly Order[], { options, coupons, balances }: Books): Promise<void> {
    await this.orders.saveAll(orders);
    await this.stock.saveAll(options.values());
    await this.coupons.saveAll(coupons);
    await this.balances.saveAll(balances.values());
  }
}
