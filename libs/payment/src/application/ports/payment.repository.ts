import type { Payment } from '../../domain/payment';

/** Names a payment together with its payer: whoever asks for somebody else's finds nothing. */
export interface PaymentOf {
  readonly paymentId: string;
  readonly userId: string;
}

/** Driven port: where payments are kept. A payment changes only under the lock of its order. */
export abstract class PaymentRepository {
  /** The payments by the last commit; those that do not exist are not in the map. */
  abstract findAll(payments: readonly PaymentOf[]): Promise<ReadonlyMap<string, Payment>>;

  abstract addAll(payments: readonly Payment[]): Promise<void>;

  /** Stores status, balance and time of refunds. */
  abstract saveRefunds(payments: readonly Payment[]): Promise<void>;
}
