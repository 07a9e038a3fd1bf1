import { GatheredReads, TypeOrmUnitOfWork } from '@app/platform';
import type { Page } from '@app/shared';
import { Injectable } from '@nestjs/common';
import { type ListProducts, ProductReader } from '../../application/ports/product-reader';
import type { ProductView } from '../../application/product-view';
import { ProductMemory } from './product-memory';
import { SqlProductReader } from './sql-product-reader';

/** Products from memory. Inside a unit of work they come from the database: what it has not committed is its own. */
@Injectable()
export class CachedProductReader extends ProductReader {
  private readonly gathered = new GatheredReads((productIds) => this.stored.findAll(productIds));

  constructor(
    private readonly stored: SqlProductReader,
    private readonly memory: ProductMemory,
    private readonly unitOfWork: TypeOrmUnitOfWork,
  ) {
    super();
  }

  async list(request: ListProducts): Promise<Page<ProductView>> {
    if (this.unitOfWork.isRunning) return this.stored.list(request);
    const { sort, q = null, limit, cursor = null } = request;
    return this.memory.pages.get(JSON.stringify([sort, q, limit, cursor]), () => this.stored.list(request));
  }

  async find(productId: string): Promise<ProductView | null> {
    if (this.unitOfWork.isRunning) return this.stored.find(productId);
    return this.memory.products.get(productId, async () => (await this.gathered.get(productId)) ?? null);
  }
}
