import { CouponWallet } from '@app/coupon';
import { StockRoom } from '@app/product';
import {
  attempt,
  Clock,
  type Command,
  CommandLanes,
  granted,
  type Lane,
  Money,
  mapPage,
  type Outcome,
  type Page,
  type PageRequest,
} from '@app/shared';
import { Injectable } from '@nestjs/common';
import { uuidv7 } from 'uuidv7';
import { Order } from '../domain/order';
import { OrderNotFoundException } from '../domain/order.exceptions';
import { OrderPolicy } from './order-policy';
import { type OrderView, viewOf } from './order-view';
import { mergeItems, type OrderedItem, takeFromStock } from './ordered-items';
import { ownOrder } from './own-order';
import { type OrderOf, OrderRepository } from './ports/order.repository';
import { OrderBook } from './ports/order-book';

export interface PlaceOrder extends Command {
  readonly items: readonly OrderedItem[];
  readonly couponId?: string | undefined;
}

export interface CancelOrder extends Command {
  readonly orderId: string;
}

/** Order flows. An order reserves stock and coupon; cancel and expiry release both, once. */
@Injectable()
export class OrderService extends OrderBook {
  private readonly placing: Lane<PlaceOrder, OrderView>;
  private readonly cancelling: Lane<CancelOrder, OrderView>;

  constructor(
    private readonly orders: OrderRepository,
    private readonly stock: StockRoom,
    private readonly coupons: CouponWallet,
    private readonly clock: Clock,
    private readonly policy: OrderPolicy,
    lanes: CommandLanes,
  ) {
    super();
    this.placing = lanes.open('order.place', (commands) => this.placeAll(commands));
    this.cancelling = lanes.open('order.cancel', (commands) => this.cancelAll(commands));
  }

  /**
   * All items or nothing; an option named twice is added up.
   * @throws ProductOptionNotFoundException | ProductNotOnSaleException | OutOfStockException | CouponNotUsableException
   */
  place(command: PlaceOrder): Promise<OrderView> {
    return this.placing.submit({ ...command, items: mergeItems(command.items) });
  }

  /** @throws OrderNotFoundException | OrderNotCancellableException */
  cancel(command: CancelOrder): Promise<OrderView> {
    return this.cancelling.submit(command);
  }

  /** @throws OrderNotFoundException also for somebody else's order */
  async get(order: OrderOf): Promise<OrderView> {
    const [found, now] = await Promise.all([this.orders.find(order), this.clock.now()]);
    if (!found) throw new OrderNotFoundException();
    return viewOf(found, now);
  }

  async list(userId: string, page: PageRequest): Promise<Page<OrderView>> {
    const [orders, now] = await Promise.all([this.orders.findPage(userId, page), this.clock.now()]);
    return mapPage(orders, (order) => viewOf(order, now));
  }

  /** Ends up to `limit` orders whose time to pay is over, and releases what they reserved. Answers how many. */
  async expireDue(limit: number): Promise<number> {
    const now = await this.clock.now();
    const due = await this.orders.lockDue(now, limit);
    for (const order of due) order.expire(now);
    await this.release(due);
    return due.length;
  }

  lockAll(orders: readonly OrderOf[]): Promise<ReadonlyMap<string, Order>> {
    return this.orders.lockAll(orders);
  }

  saveAll(orders: Iterable<Order>): Promise<void> {
    return this.orders.saveAll(orders);
  }

  private async placeAll(commands: readonly PlaceOrder[]): Promise<Outcome<OrderView>[]> {
    const options = await this.stock.lockAll(commands.flatMap(({ items }) => items.map(({ optionId }) => optionId)));
    const coupons = await this.coupons.lockAll(
      commands.flatMap(({ userId, couponId }) => (couponId ? [{ userId, couponId }] : [])),
    );
    const now = await this.clock.now();

    const outcomes = commands.map(({ userId, items, couponId }) =>
      attempt(() => {
        const id = uuidv7();
        const taken = takeFromStock(items, options);
        // The coupon is the last that may say no, so that a refusal leaves the stock untouched.
        const discount = couponId ? coupons.of(couponId, userId).reserve(id, taken.subtotal, now) : Money.zero;
        taken.reserve();
        return Order.place({
          id,
          userId,
          lines: taken.lines,
          couponId: couponId ?? null,
          discount,
          placedAt: now,
          expiresAt: new Date(now.getTime() + this.policy.timeToPay),
        });
      }),
    );

    await this.stock.saveAll(options.values());
    await this.coupons.saveAll(coupons);
    await this.orders.addAll(outcomes.flatMap(granted));
    return outcomes.map((outcome) => ('value' in outcome ? { value: viewOf(outcome.value, now) } : outcome));
  }

  private async cancelAll(commands: readonly CancelOrder[]): Promise<Outcome<OrderView>[]> {
    const orders = await this.orders.lockAll(commands);
    const now = await this.clock.now();

    const outcomes = commands.map((command) =>
      attempt(() => {
        const order = ownOrder(orders, command);
        order.cancel(now);
        return viewOf(order, now);
      }),
    );

    await this.release([...orders.values()].filter(({ hasChanged }) => hasChanged));
    return outcomes;
  }

  /** Gives back what orders that are locked and ended had reserved: stock first, then coupons, as everywhere. */
  private async release(ended: readonly Order[]): Promise<void> {
    const lines = ended.flatMap(({ terms }) => terms.lines);
    const options = await this.stock.lockAll(lines.map(({ optionId }) => optionId));
    for (const { optionId, quantity } of lines) options.get(optionId)!.release(quantity);

    const withCoupon = ended.flatMap(({ terms: { id, userId, couponId } }) =>
      couponId ? [{ id, userId, couponId }] : [],
    );
    const coupons = await this.coupons.lockAll(withCoupon);
    for (const { id, userId, couponId } of withCoupon) coupons.of(couponId, userId).release(id);

    await this.stock.saveAll(options.values());
    await this.coupons.saveAll(coupons);
    await this.orders.saveAll(ended);
  }
}
