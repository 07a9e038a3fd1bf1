import { Table } from '@app/platform';
import type { ProductFields } from '../../domain/product';
import type { StockMovement } from '../../domain/stock-movement';
import type { ProductOptionRow } from './product-option.row';

export const PRODUCT = new Table<ProductFields>(
  'product',
  { id: 'uuid', name: 'text', description: 'text', onSale: 'boolean', createdAt: 'timestamptz' },
  ['id'],
);

export const OPTION = new Table<Omit<ProductOptionRow, 'product'>>('product_option', {
  id: 'uuid',
  productId: 'uuid',
  name: 'text',
  price: 'bigint',
  onHand: 'integer',
  reserved: 'integer',
});

/** The admin's part of an option: writing it leaves the stock alone. */
export const OPTION_LABEL = new Table<Pick<ProductOptionRow, 'id' | 'name' | 'price'>>(
  'product_option',
  { id: 'uuid', name: 'text', price: 'bigint' },
  ['id'],
);

/** The stock room's part of an option: writing it leaves name and price alone. */
export const OPTION_STOCK = new Table<Pick<ProductOptionRow, 'id' | 'onHand' | 'reserved'>>(
  'product_option',
  { id: 'uuid', onHand: 'integer', reserved: 'integer' },
  ['id'],
);

export const STOCK_MOVEMENT = new Table<Omit<StockMovement, 'at'> & { createdAt: Date }>('stock_movement', {
  id: 'uuid',
  optionId: 'uuid',
  kind: 'text',
  quantity: 'integer',
  orderId: 'uuid',
  createdAt: 'timestamptz',
});

export function movementRow({ at, ...movement }: StockMovement): Omit<StockMovement, 'at'> & { createdAt: Date } {
  return { ...movement, createdAt: at };
}
