/** The shop's terms for orders. */
export class OrderPolicy {
  /** @param timeToPay milliseconds between placing an order and its expiry */
  constructor(readonly timeToPay: number) {}
}
