import type { Order } from '../../domain/order';
import type { OrderOf } from './order.repository';

/** Driving port that this module publishes: paying for orders, inside the caller's unit of work. */
export abstract class OrderBook {
  /** Locks the orders: the first locks in the service-wide order. Those that do not exist are not in the map. */
  abstract lockAll(orders: readonly OrderOf[]): Promise<ReadonlyMap<string, Order>>;

  /** Stores what has changed. */
  abstract saveAll(orders: Iterable<Order>): Promise<void>;
}
