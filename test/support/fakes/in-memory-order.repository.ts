import { type Page, type PageRequest, pageOf } from '@app/shared';
import { type OrderOf, OrderRepository } from '../../../libs/order/src/application/ports/order.repository';
import { Order } from '../../../libs/order/src/domain/order';

export class InMemoryOrderRepository extends OrderRepository {
  private readonly stored = new Map<string, Order>();

  /** All of them, in the order in which they were placed. */
  get all(): readonly Order[] {
    return [...this.stored.values()].map(copyOf);
  }

  async find({ orderId, userId }: OrderOf): Promise<Order | null> {
    const order = this.stored.get(orderId);
    return order?.terms.userId === userId ? copyOf(order) : null;
  }

  async findPage(userId: string, { limit, cursor = '~' }: PageRequest): Promise<Page<Order>> {
    const newestFirst = this.all
      .filter((order) => order.terms.userId === userId && positionOf(order) < cursor)
      .sort((a, b) => (positionOf(a) < positionOf(b) ? 1 : -1));
    return pageOf(newestFirst.slice(0, limit + 1), limit, positionOf);
  }

  async lockAll(orders: readonly OrderOf[]): Promise<ReadonlyMap<string, Order>> {
    const found = this.all
      .filter(({ id, terms }) => orders.some(({ orderId, userId }) => orderId === id && userId === terms.userId))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    return new Map(found.map((order) => [order.id, order]));
  }

  async lockDue(now: Date, limit: number): Promise<Order[]> {
    return this.all
      .filter(({ storedStatus, terms }) => storedStatus === 'PENDING_PAYMENT' && terms.expiresAt <= now)
      .sort((a, b) => a.terms.expiresAt.getTime() - b.terms.expiresAt.getTime())
      .slice(0, limit);
  }

  async addAll(orders: readonly Order[]): Promise<void> {
    for (const order of orders) {
      if (this.stored.has(order.id)) throw new Error('duplicate key: an order is added once');
      this.stored.set(order.id, copyOf(order));
    }
  }

  async saveAll(orders: Iterable<Order>): Promise<void> {
    for (const order of orders) if (order.hasChanged) this.stored.set(order.id, copyOf(order));
  }
}

/** What is stored does not change when somebody's object does. */
function copyOf({ terms, storedStatus: status, paymentId, paidAt }: Order): Order {
  return Order.restore(terms, { status, paymentId, paidAt });
}

function positionOf({ id, terms }: Order): string {
  return `${terms.placedAt.toISOString()} ${id}`;
}
