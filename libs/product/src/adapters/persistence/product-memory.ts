import { RecentReads, TypeOrmUnitOfWork } from '@app/platform';
import type { Page } from '@app/shared';
import { Injectable } from '@nestjs/common';
import type { ProductView } from '../../application/product-view';

/** What this instance remembers of products, until it writes one or a second has passed. */
@Injectable()
export class ProductMemory {
  readonly pages = new RecentReads<Page<ProductView>>(200);
  readonly products = new RecentReads<ProductView | null>(1_000);

  constructor(private readonly unitOfWork: TypeOrmUnitOfWork) {}

  /** To be called by whoever writes products or their stock: the next reader sees what was committed. */
  forgetAfterCommit(products: readonly { readonly productId: string }[]): void {
    this.unitOfWork.afterCommit(() => {
      this.pages.forget();
      this.products.forget(products.map(({ productId }) => productId));
    });
  }
}
