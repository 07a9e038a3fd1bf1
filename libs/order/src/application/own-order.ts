import type { Order } from '../domain/order';
import { OrderNotFoundException } from '../domain/order.exceptions';
import type { OrderOf } from './ports/order.repository';

/**
 * The caller's own among locked orders: a batch locks the orders of many callers.
 * @throws OrderNotFoundException also for somebody else's order
 */
export function ownOrder(orders: ReadonlyMap<string, Order>, { orderId, userId }: OrderOf): Order {
  const order = orders.get(orderId);
  if (order?.terms.userId !== userId) throw new OrderNotFoundException();
  return order;
}
