import { ProductRepository } from '../../../libs/product/src/application/ports/product.repository';
import { Product, type ProductFields, type ProductOption } from '../../../libs/product/src/domain/product';
import {
  ProductNotFoundException,
  ProductOptionNotFoundException,
} from '../../../libs/product/src/domain/product.exceptions';
import type { StockMovement } from '../../../libs/product/src/domain/stock-movement';

export interface OptionInMemory extends Omit<ProductOption, 'stock'> {
  readonly onHand: number;
  readonly reserved: number;
}

/** Products, options and their stock ledger; the other fakes of this module look at the same memory. */
export class InMemoryProductRepository extends ProductRepository {
  readonly products = new Map<string, ProductFields>();
  readonly options = new Map<string, OptionInMemory>();
  readonly movements: StockMovement[] = [];

  async addAll(products: readonly Product[]): Promise<void> {
    for (const product of products) await this.save(product);
  }

  async lock(productId: string): Promise<Product> {
    const fields = this.products.get(productId);
    if (!fields) throw new ProductNotFoundException();
    return Product.restore(fields, this.optionsOf(productId));
  }

  async lockByOption(optionId: string): Promise<Product> {
    const option = this.options.get(optionId);
    if (!option) throw new ProductOptionNotFoundException();
    return this.lock(option.productId);
  }

  async save({ fields, changedOptions, newOptions, openings }: Product): Promise<void> {
    this.products.set(fields.id, { ...fields });
    for (const { id, name, price } of changedOptions) this.options.set(id, { ...this.options.get(id)!, name, price });
    for (const { stock, ...option } of newOptions)
      this.options.set(option.id, { ...option, onHand: stock, reserved: 0 });
    this.movements.push(...openings);
  }

  optionsOf(productId: string): ProductOption[] {
    return [...this.options.values()]
      .filter((option) => option.productId === productId)
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map(({ onHand, reserved, ...option }) => ({ ...option, stock: onHand - reserved }));
  }
}
