/** What the data platform is told of a payment. Amounts in won. */
export interface PaymentEvent {
  readonly type: 'order.paid' | 'order.refunded';
  readonly at: Date;
  readonly data: {
    readonly orderId: string;
    readonly paymentId: string;
    readonly userId: string;
    readonly lines: readonly { productId: string; optionId: string; quantity: number; unitPrice: number }[];
    readonly couponId: string | null;
    readonly subtotal: number;
    readonly discount: number;
    readonly amount: number;
    readonly paidAt: string;
  };
}

/** Driven port: the external data platform. */
export abstract class DataPlatform {
  /** Joins the caller's unit of work: what is committed arrives at least once, later; what is rolled back never does. */
  abstract reportAll(events: readonly PaymentEvent[]): Promise<void>;
}
