/** A product in one line. */
export interface ProductSummary {
  readonly productId: string;
  readonly name: string;
  /** Won: what its cheapest option costs. */
  readonly price: number;
}

/** Driving port that this module publishes: what products are called and cost, for lists of other modules. */
export abstract class ProductCatalog {
  /** By product id, on sale or not; ids that name no product are not in it. */
  abstract summariesOf(productIds: readonly string[]): Promise<ReadonlyMap<string, ProductSummary>>;
}
