import type { Product, ProductOption } from '../domain/product';

/** A product as everybody reads it: plain JSON, prices in won. */
export interface ProductView {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly onSale: boolean;
  readonly options: readonly OptionView[];
  readonly createdAt: string;
}

export interface OptionView {
  readonly id: string;
  readonly productId: string;
  readonly name: string;
  readonly price: number;
  /** What can still be ordered. */
  readonly stock: number;
}

export function viewOf({ fields, options }: Product): ProductView {
  const { id, name, description, onSale, createdAt } = fields;
  return { id, name, description, onSale, options: options.map(optionViewOf), createdAt: createdAt.toISOString() };
}

export function optionViewOf({ id, productId, name, price, stock }: ProductOption): OptionView {
  return { id, productId, name, price: price.won, stock };
}
