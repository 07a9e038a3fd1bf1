import type { AuditReport } from '@app/platform';
import type { Call, FaultNote, InstanceName } from '../history';

/** All that is known of a storm once it is quiet: what clients saw, what was done to the shop, and what is left. */
export interface Evidence {
  readonly calls: readonly Call[];
  readonly faults: readonly FaultNote[];
  /** The final rows of the database. */
  readonly books: Books;
  readonly audits: readonly AuditReport[];
  readonly deliveries: readonly StormDelivery[];
  /** All output of all processes that an instance had. */
  readonly logs: Readonly<Record<InstanceName, string>>;
  /** What the database server has said. */
  readonly databaseLog: string;
  /** Ends of processes that no fault had asked for. */
  readonly unexpectedExits: readonly string[];
  readonly resources: Resources;
}

/** One request that reached the data platform. */
export interface StormDelivery {
  /** The webhook's, the same for every attempt. */
  readonly id: string;
  readonly body: {
    readonly type: string;
    readonly timestamp: string;
    readonly data: Readonly<Record<string, unknown>>;
  };
  /** Whether the signature is right. */
  readonly verified: boolean;
  /** Whether it was answered with 2xx. */
  readonly accepted: boolean;
  /** Milliseconds of the driver's monotonic clock. */
  readonly at: number;
}

export interface ProcessResources {
  /** Bytes. */
  readonly rss: number;
  readonly openFiles: number;
}

/** What the processes hold: before the storm and after it, and what the database's sessions do at the end. */
export interface Resources {
  readonly base: Readonly<Record<InstanceName, ProcessResources>>;
  readonly end: Readonly<Record<InstanceName, ProcessResources>>;
  readonly idleInTransaction: number;
  /** Sessions of the shop. */
  readonly connections: number;
}

/** What the checkers need of the tables. Amounts in won. */
export interface Books {
  readonly transactions: readonly BookedTransaction[];
  readonly orders: readonly BookedOrder[];
  readonly payments: readonly BookedPayment[];
  readonly coupons: readonly BookedCoupon[];
  readonly issuedCoupons: readonly BookedIssue[];
  readonly movements: readonly BookedMovement[];
  readonly events: readonly BookedEvent[];
}

export interface BookedTransaction {
  readonly id: string;
  readonly userId: string;
  readonly sequence: number;
  readonly type: 'CHARGE' | 'PAYMENT' | 'REFUND';
  readonly amount: number;
  readonly balanceAfter: number;
  /** The payment. */
  readonly referenceId: string | null;
  readonly idempotencyKey: string | null;
}

export interface BookedLine {
  readonly optionId: string;
  readonly quantity: number;
  readonly unitPrice: number;
}

export interface BookedOrder {
  readonly id: string;
  readonly userId: string;
  readonly status: string;
  readonly couponId: string | null;
  readonly total: number;
  readonly paymentId: string | null;
  readonly lines: readonly BookedLine[];
}

export interface BookedPayment {
  readonly id: string;
  readonly orderId: string;
  readonly userId: string;
  readonly status: string;
  readonly amount: number;
  readonly balanceAfter: number;
}

export interface BookedCoupon {
  readonly id: string;
  readonly totalQuantity: number;
  readonly issued: number;
}

export interface BookedIssue {
  readonly couponId: string;
  readonly userId: string;
  readonly sequence: number;
}

export interface BookedMovement {
  readonly optionId: string;
  readonly kind: 'INITIAL' | 'RESTOCK' | 'SALE' | 'RETURN';
  readonly quantity: number;
  readonly orderId: string | null;
}

export interface BookedEvent {
  /** The webhook id of its deliveries. */
  readonly id: string;
  readonly type: string;
  readonly paymentId: string;
  readonly status: string;
}
