import { uuidv7 } from 'uuidv7';
import { eventually } from '../support/eventually';
import { type Answer, type Caller, client } from '../support/http';
import type { Coupon, IssuedCoupon, Option, Order, Payment, Product } from './shapes';

const DAY = 86_400_000;
const MOST_AT_ONCE = 10_000_000;

export interface Customer {
  readonly id: string;
  readonly caller: Caller;
}

/** What everybody does in a shop, each time with new users and new products; a step that fails throws what it was told. */
export class Shopping {
  readonly admin: Caller;
  readonly nobody: Caller;
  private readonly client: ReturnType<typeof client>;

  constructor(readonly url: string) {
    this.client = client(url);
    this.admin = this.client.as('the-admin', ['admin']);
    this.nobody = this.client.nobody;
  }

  /** Speaks for that user, here or on another instance. */
  as(userId: string): Caller {
    return this.client.as(userId);
  }

  tokenOf({ id }: Pick<Customer, 'id'>): Promise<string> {
    return this.client.tokenOf(id);
  }

  /** A new user who has charged that much. */
  async customer(won = 0): Promise<Customer> {
    const id = `user-${uuidv7()}`;
    const caller = this.as(id);
    const amounts = Array.from({ length: Math.floor(won / MOST_AT_ONCE) }, () => MOST_AT_ONCE);
    if (won % MOST_AT_ONCE > 0) amounts.push(won % MOST_AT_ONCE);
    await Promise.all(amounts.map((amount) => done(caller.post('/balance/charges', { amount }), 201)));
    return { id, caller };
  }

  /** New users with a token each, so that a rush starts with the rush. */
  async crowd(size: number, won = 0): Promise<Customer[]> {
    const customers: Customer[] = [];
    while (customers.length < size) {
      const some = Array.from({ length: Math.min(50, size - customers.length) }, () => this.customer(won));
      const made = await Promise.all(some);
      const known = ({ caller }: Customer) =>
        eventually(
          () => caller.get('/balance'),
          ({ status }) => status === 200,
        );
      if (won === 0) await Promise.all(made.map(known));
      customers.push(...made);
    }
    return customers;
  }

  product(
    options: readonly { name: string; price: number; stock: number }[],
    name = `상품 ${uuidv7()}`,
  ): Promise<Product> {
    return done(this.admin.post<Product>('/admin/products', { name, options }), 201);
  }

  /** The only option of a new product. */
  async goods(stock = 10, price = 1_000): Promise<Option> {
    const { options } = await this.product([{ name: '기본', price, stock }]);
    return options[0]!;
  }

  coupon(terms: Partial<Record<string, unknown>> = {}): Promise<Coupon> {
    return done(this.admin.post<Coupon>('/admin/coupons', { ...couponTerms(), ...terms }), 201);
  }

  issue({ caller }: Customer, coupon: Coupon): Promise<IssuedCoupon> {
    return done(caller.post<IssuedCoupon>(`/coupons/${coupon.id}/issue`), 201);
  }

  order({ caller }: Customer, option: Option, quantity = 1, couponId?: string): Promise<Order> {
    const lines = [{ optionId: option.id, quantity }];
    return done(caller.post<Order>('/orders', { lines, ...(couponId && { couponId }) }), 201);
  }

  pay({ caller }: Customer, order: Order): Promise<Payment> {
    return done(caller.post<Payment>('/payments', { orderId: order.id }), 201);
  }

  /** Orders and pays. */
  async buy(customer: Customer, option: Option, quantity = 1): Promise<Payment> {
    return this.pay(customer, await this.order(customer, option, quantity));
  }

  async stockOf({ productId, id }: Option): Promise<number> {
    const { options } = await done(this.nobody.get<Product>(`/products/${productId}`), 200);
    return options.find((option) => option.id === id)!.stock;
  }

  async balanceOf({ caller }: Customer): Promise<number> {
    return (await done(caller.get<{ balance: number }>('/balance'), 200)).balance;
  }
}

export function couponTerms(): Record<string, unknown> {
  return {
    name: '블랙프라이데이 쿠폰',
    discountType: 'FIXED',
    discountValue: 500,
    maxDiscountAmount: null,
    minOrderAmount: 0,
    totalQuantity: 100,
    validFrom: new Date(Date.now() - DAY).toISOString(),
    validUntil: new Date(Date.now() + DAY).toISOString(),
  };
}

/** The body of an answer that has to be that one. */
export async function done<T>(answer: Promise<Answer<T>>, status: number): Promise<T> {
  const { status: actual, body } = await answer;
  if (actual !== status) throw new Error(`${status} was expected, not ${actual}: ${JSON.stringify(body)}`);
  return body;
}

/** How often each status, or code of a problem, was answered. */
export function tally(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, body } of answers) {
    const name = status < 400 ? String(status) : `${status} ${(body as { code?: string }).code}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** Starts that many calls in one turn. */
export function atOnce<T>(count: number, call: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => call(index)));
}
