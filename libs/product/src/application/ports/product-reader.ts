import type { Page, PageRequest } from '@app/shared';
import type { ProductView } from '../product-view';

export const PRODUCT_SORTS = ['newest', 'name'] as const;

export type ProductSort = (typeof PRODUCT_SORTS)[number];

/** Which products, and in what order. */
export interface ListProducts extends PageRequest {
  readonly sort: ProductSort;
  /** Part of the name, in any case; every character stands for itself. */
  readonly q?: string | undefined;
}

/** Driven port: products as they are read by everybody. Stock is what the last commit left, at most a second ago. */
export abstract class ProductReader {
  /** A page of what is on sale; stable while products are being added. */
  abstract list(request: ListProducts): Promise<Page<ProductView>>;

  /** Any product, on sale or not; null for an id that names none. */
  abstract find(productId: string): Promise<ProductView | null>;
}
