/** The shop's terms for orders. */
export class OrderPolicy {
  /** `timeToPay`: milliseconds between placing an order and its expiry. */
  constructor(readonly timeToPay: number) {}
}
