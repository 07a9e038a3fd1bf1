/** One line of an option's stock ledger; what is on hand is the sum of its lines. */
export interface StockMovement {
  readonly id: string;
  readonly optionId: string;
  readonly kind: 'INITIAL' | 'RESTOCK' | 'SALE' | 'RETURN';
  /** Signed: a sale is negative. */
  readonly quantity: number;
  /** The order that was paid or refunded; null for what an admin did. */
  readonly orderId: string | null;
  readonly at: Date;
}

/** When stock moves by an admin's hand. */
export interface StockEntry {
  readonly movementId: string;
  readonly at: Date;
}

/** When stock moves for an order. */
export interface OrderStockEntry extends StockEntry {
  readonly orderId: string;
}
