export { ORDER_CHECKS } from './adapters/persistence/order.checks';
export { FIRST_HOUR } from './adapters/persistence/product-sales';
export { OrderService } from './application/order.service';
export { OrderPolicy } from './application/order-policy';
export type { OrderView } from './application/order-view';
export { ownOrder } from './application/own-order';
export { OrderBook } from './application/ports/order-book';
export { SalesLog } from './application/ports/sales-log';
export { Order } from './domain/order';
export {
  OrderAlreadyPaidException,
  OrderCancelledException,
  OrderExpiredException,
  OrderNotFoundException,
} from './domain/order.exceptions';
export { OrderModule } from './order.module';
