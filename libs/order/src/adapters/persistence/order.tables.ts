import { Table } from '@app/platform';
import type { OrderRow } from './order.row';

export interface LineRow {
  readonly orderId: string;
  readonly optionId: string;
  readonly position: number;
  readonly productId: string;
  readonly productName: string;
  readonly optionName: string;
  readonly unitPrice: number;
  readonly quantity: number;
  readonly amount: number;
}

export const ORDERS = new Table<OrderRow>('orders', {
  id: 'uuid',
  userId: 'text',
  status: 'text',
  couponId: 'uuid',
  subtotal: 'bigint',
  discount: 'bigint',
  total: 'bigint',
  placedAt: 'timestamptz',
  expiresAt: 'timestamptz',
  paidAt: 'timestamptz',
  paymentId: 'uuid',
});

/** All of an order that ever changes. */
export const STATES = new Table<Pick<OrderRow, 'id' | 'status' | 'paidAt' | 'paymentId'>>(
  'orders',
  { id: 'uuid', status: 'text', paidAt: 'timestamptz', paymentId: 'uuid' },
  ['id'],
);

export const LINES = new Table<LineRow>('order_line', {
  orderId: 'uuid',
  optionId: 'uuid',
  position: 'smallint',
  productId: 'uuid',
  productName: 'text',
  optionName: 'text',
  unitPrice: 'bigint',
  quantity: 'integer',
  amount: 'bigint',
});
