import type { Product } from '../../domain/product';

/** Driven port: where products are kept while they are being changed. What their options hold is the stock room's. */
export abstract class ProductRepository {
  abstract addAll(products: readonly Product[]): Promise<void>;

  /**
   * Locks the product, not the stock of its options, until the unit of work ends.
   * @throws ProductNotFoundException
   */
  abstract lock(productId: string): Promise<Product>;

  /**
   * Locks the product that the option belongs to.
   * @throws ProductOptionNotFoundException
   */
  abstract lockByOption(optionId: string): Promise<Product>;

  /** Stores the product, its new options with their first stock, and the names and prices that have changed. */
  abstract save(product: Product): Promise<void>;
}
