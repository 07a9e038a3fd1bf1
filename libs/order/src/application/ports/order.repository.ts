import type { Page, PageRequest } from '@app/shared';
import type { Order } from '../../domain/order';

/** Names an order together with its owner: whoever asks for somebody else's finds nothing, and locks nothing. */
export interface OrderOf {
  readonly orderId: string;
  readonly userId: string;
}

/** Driven port: where orders are kept. */
export abstract class OrderRepository {
  /** The user's order by the last commit; null when there is none. */
  abstract find(order: OrderOf): Promise<Order | null>;

  /** The user's orders, newest first. */
  abstract findPage(userId: string, page: PageRequest): Promise<Page<Order>>;

  /** Locks the orders until the unit of work ends, in ascending id; those that do not exist are not in the map. */
  abstract lockAll(orders: readonly OrderOf[]): Promise<ReadonlyMap<string, Order>>;

  /** Locks up to `limit` orders whose time to pay is over, passing over those that somebody else is deciding on. */
  abstract lockDue(now: Date, limit: number): Promise<Order[]>;

  /** Stores new orders with their lines. */
  abstract addAll(orders: readonly Order[]): Promise<void>;

  /** Stores what has changed. */
  abstract saveAll(orders: Iterable<Order>): Promise<void>;
}
