import { type Page, pageOf } from '@app/shared';
import { type ListProducts, ProductReader } from '../../../libs/product/src/application/ports/product-reader';
import { type ProductView, viewOf } from '../../../libs/product/src/application/product-view';
import { Product } from '../../../libs/product/src/domain/product';
import type { InMemoryProductRepository } from './in-memory-product.repository';

export class InMemoryProductReader extends ProductReader {
  constructor(private readonly memory: InMemoryProductRepository) {
    super();
  }

  async list({ sort, q = '', limit, cursor }: ListProducts): Promise<Page<ProductView>> {
    const compare = sort === 'newest' ? newestFirst : byName;
    const last: ProductView | undefined = cursor === undefined ? undefined : JSON.parse(cursor);
    const found = [...this.memory.products.keys()]
      .map((id) => this.view(id))
      .filter(({ onSale, name }) => onSale && name.toLowerCase().includes(q.toLowerCase()))
      .filter((product) => last === undefined || compare(last, product) < 0)
      .sort(compare);
    return pageOf(found.slice(0, limit + 1), limit, (product) => JSON.stringify(product));
  }

  async find(productId: string): Promise<ProductView | null> {
    return this.memory.products.has(productId) ? this.view(productId) : null;
  }

  private view(id: string): ProductView {
    return viewOf(Product.restore(this.memory.products.get(id)!, this.memory.optionsOf(id)));
  }
}

function newestFirst(a: ProductView, b: ProductView): number {
  return compareTexts(b.createdAt, a.createdAt) || compareTexts(b.id, a.id);
}

function byName(a: ProductView, b: ProductView): number {
  return compareTexts(a.name, b.name) || compareTexts(a.id, b.id);
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
