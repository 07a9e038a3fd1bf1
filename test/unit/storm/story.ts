import type { Action, Call } from '../../storm/history';
import { emptyTale, type TaleOf } from './tale';

const PRICE = 1_000;
const STEP = 10;

/** Tells of a shop in which everything went well: clients, books and data platform agree. Each call takes 10 ms. */
export class Story {
  readonly tale = emptyTale();
  private clock = 0;
  private operations = 0;

  /** A silence of that many milliseconds. */
  wait(milliseconds: number): void {
    this.clock += milliseconds;
  }

  stock(optionId: string, quantity: number): void {
    this.tale.books.movements.push({ optionId, kind: 'INITIAL', quantity, orderId: null });
  }

  coupon(id: string, totalQuantity: number): void {
    this.tale.books.coupons.push({ id, totalQuantity, issued: 0 });
  }

  charge(userId: string, amount: number): Call {
    const id = `charge-${this.operations + 1}`;
    const balance = this.enter(userId, { id, type: 'CHARGE', amount, referenceId: null, key: this.nextKey });
    return this.write('charge', userId, '/balance/charges', { amount }, 201, { transactionId: id, amount, balance });
  }

  order(userId: string, optionId: string, quantity: number, coupon?: { id: string; discount: number }): string {
    const id = `order-${this.operations + 1}`;
    const total = PRICE * quantity - (coupon?.discount ?? 0);
    const lines = [{ optionId, quantity, unitPrice: PRICE }];
    const couponId = coupon?.id ?? null;
    const order = { id, status: 'PENDING_PAYMENT', lines, couponId, total };
    this.tale.books.orders.push({ ...structuredClone(order), userId, paymentId: null });
    const body = { lines: [{ optionId, quantity }], ...(coupon && { couponId: coupon.id }) };
    this.write('order', userId, '/orders', body, 201, { ...order, paymentId: null });
    return id;
  }

  cancel(userId: string, orderId: string): void {
    const order = this.booked('orders', orderId);
    order.status = 'CANCELLED';
    this.write('cancel', userId, `/orders/${orderId}/cancel`, undefined, 200, { ...order });
  }

  pay(userId: string, orderId: string): string {
    const id = `payment-${this.operations + 1}`;
    const order = this.booked('orders', orderId);
    const amount = order.total;
    const balanceAfter = this.enter(userId, { id: `of-${id}`, type: 'PAYMENT', amount: -amount, referenceId: id });
    Object.assign(order, { status: 'PAID', paymentId: id });
    const payment = { id, orderId, status: 'PAID', amount, balanceAfter };
    this.tale.books.payments.push({ ...payment, userId });
    this.deliver('order.paid', { paymentId: id, orderId, userId, amount });
    this.write('pay', userId, '/payments', { orderId }, 201, payment);
    return id;
  }

  refund(userId: string, paymentId: string): void {
    const payment = this.booked('payments', paymentId);
    const { amount, orderId } = payment;
    payment.status = 'REFUNDED';
    payment.balanceAfter = this.enter(userId, {
      id: `back-${paymentId}`,
      type: 'REFUND',
      amount,
      referenceId: paymentId,
    });
    this.booked('orders', orderId).status = 'REFUNDED';
    this.deliver('order.refunded', { paymentId, orderId, userId, amount });
    this.write('refund', userId, `/payments/${paymentId}/refund`, undefined, 200, { ...payment });
  }

  issue(userId: string, couponId: string): void {
    const coupon = this.booked('coupons', couponId);
    const path = `/coupons/${couponId}/issue`;
    if (coupon.issued === coupon.totalQuantity) {
      this.refuse('issue', userId, path, undefined, 'COUPON_SOLD_OUT');
      return;
    }
    coupon.issued += 1;
    this.tale.books.issuedCoupons.push({ couponId, userId, sequence: coupon.issued });
    this.write('issue', userId, path, undefined, 201, { couponId, sequence: coupon.issued });
  }

  restock(optionId: string, delta: number): void {
    this.tale.books.movements.push({ optionId, kind: 'RESTOCK', quantity: delta, orderId: null });
    this.write('restock', 'admin', `/admin/options/${optionId}/stock`, { delta }, 200, { id: optionId });
  }

  refuse(action: Action, userId: string, path: string, body: unknown, code: string, status = 409): void {
    const key = this.nextKey;
    this.call({ action, userId, path, body, key, verdict: 'refused', status, code, answer: { status, code } });
  }

  read(action: Action, userId: string, path: string, answer: unknown): Call {
    return this.call({ action, userId, path, method: 'GET', verdict: 'done', status: 200, answer });
  }

  /** One more call of the newest operation, told the same again, unless something else is said. */
  again(call: Partial<Call> = {}): void {
    this.operations -= 1;
    const last = this.tale.calls.at(-1)!;
    this.call({ ...last, reason: 'retry', replayed: true, ...call });
  }

  call(call: Partial<Call> & Pick<Call, 'action' | 'userId' | 'path'>): Call {
    this.operations += 1;
    this.clock += STEP;
    const began = this.clock;
    this.clock += STEP;
    const made: Call = {
      reason: 'first',
      client: 'client-1',
      instance: 'A',
      method: 'POST',
      verdict: 'unknown',
      ...call,
      operation: this.operations,
      began,
      ended: this.clock,
    };
    this.tale.calls.push(made);
    return made;
  }

  private write(action: Action, userId: string, path: string, body: unknown, status: number, answer: unknown): Call {
    return this.call({ action, userId, path, body, key: this.nextKey, verdict: 'done', status, answer });
  }

  private get nextKey(): string {
    return `key-${this.operations + 1}`;
  }

  /** Adds to the ledger, unless nothing changes. Answers the balance. */
  private enter(
    userId: string,
    entry: {
      id: string;
      type: TaleOf<'transactions'>['type'];
      amount: number;
      referenceId: string | null;
      key?: string;
    },
  ): number {
    const { id, type, amount, referenceId, key = null } = entry;
    const { transactions } = this.tale.books;
    const last = transactions.findLast((row) => row.userId === userId);
    const balanceAfter = (last?.balanceAfter ?? 0) + amount;
    if (amount === 0) return balanceAfter;
    const sequence = (last?.sequence ?? 0) + 1;
    transactions.push({ id, userId, sequence, type, amount, balanceAfter, referenceId, idempotencyKey: key });
    return balanceAfter;
  }

  private deliver(type: string, data: { paymentId: string } & Record<string, unknown>): void {
    const id = `event-${this.tale.books.events.length + 1}`;
    this.tale.books.events.push({ id, type, paymentId: data.paymentId, status: 'DELIVERED' });
    const delivery = {
      id,
      body: { type, timestamp: '2026-11-22T14:18:40.120Z', data },
      verified: true,
      at: this.clock,
    };
    this.tale.deliveries.push({ ...delivery, accepted: false }, { ...structuredClone(delivery), accepted: true });
  }

  private booked<Part extends 'orders' | 'payments' | 'coupons'>(part: Part, id: string): TaleOf<Part> {
    const rows: readonly { readonly id: string }[] = this.tale.books[part];
    return rows.find((row) => row.id === id) as TaleOf<Part>;
  }
}
