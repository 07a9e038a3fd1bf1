import { ProductCatalog, type ProductSummary } from '../../../libs/product/src/application/ports/product-catalog';
import type { InMemoryProductRepository } from './in-memory-product.repository';

export class InMemoryProductCatalog extends ProductCatalog {
  constructor(private readonly memory: InMemoryProductRepository) {
    super();
  }

  async summariesOf(productIds: readonly string[]): Promise<ReadonlyMap<string, ProductSummary>> {
    const known = [...this.memory.products.values()].filter(({ id }) => productIds.includes(id));
    return new Map(known.map(({ id, name }) => [id, { productId: id, name, price: this.cheapest(id) }]));
  }

  private cheapest(productId: string): number {
    return Math.min(...this.memory.optionsOf(productId).map(({ price }) => price.won));
  }
}
