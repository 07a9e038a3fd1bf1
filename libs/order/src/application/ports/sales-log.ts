/** What was sold of a product: units and won. */
export interface ProductSales {
  readonly productId: string;
  readonly quantity: number;
  readonly amount: number;
}

/** Driving port that this module publishes: what has been sold, for statistics. */
export abstract class SalesLog {
  /**
   * The best-selling products of the orders paid in `[from, to)` that have not been refunded: by units, then by won,
   * then by product id.
   */
  abstract bestSellers(from: Date, to: Date, limit: number): Promise<ProductSales[]>;

  /** Drops what it keeps for quick answers and no ranking asks for any more. Tells how much that was. */
  abstract forgetOld(): Promise<number>;
}
