import { type Caller, client } from '../../support/http';
import { Latencies } from '../load/latencies';
import { customerName } from './seed/seed-plan';

/** How long calls took, in milliseconds. */
export interface Timing {
  readonly callers: number;
  readonly calls: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

export type FlowTimings = Record<string, { readonly alone: Timing; readonly loaded: Timing }>;

interface Placed {
  readonly caller: Caller;
  readonly id: string;
}

const CUSTOMERS = 200;
const ALONE = 200;
const LOADED = 1_000;
const CALLERS = 8;
/** Won: pays whatever the flows order. */
const PLENTY = 10_000_000;

/** The i-th call of a flow; rejects unless it is answered as it should be. */
type Call = (i: number) => Promise<void>;

/** Measures each flow alone and by some callers at once, with customers of all ages of the shop. */
export async function measureFlows(url: string, orders: number): Promise<FlowTimings> {
  const calls = await openFlows(url, orders);
  const timings: Record<string, { alone: Timing; loaded: Timing }> = {};
  for (const [name, call] of Object.entries(calls)) {
    for (let i = 0; i < ALONE / 4; i++) await call(i); // the service and the pages are warm
    const from = ALONE / 4;
    const alone = await time(call, from, ALONE, 1);
    timings[name] = { alone, loaded: await time(call, from + ALONE, LOADED, CALLERS) };
  }
  return timings;
}

async function openFlows(url: string, orders: number): Promise<Record<string, Call>> {
  const { as, nobody } = client(url);
  const admin = as('the-admin', ['admin']);
  const customers = Array.from({ length: CUSTOMERS }, (_, i) =>
    as(customerName(Math.floor((i * orders) / 20 / CUSTOMERS))),
  );
  const of = (i: number): Caller => customers[i % CUSTOMERS]!;
  const key = (what: string, i: number) => ({ key: `${what}-${i}-${performance.now()}` });
  for (const [i, customer] of customers.entries()) {
    await expected(customer.post('/balance/charges', { amount: PLENTY }, key('plenty', i)), 201);
  }
  const options = await optionsOf(nobody);
  // A coupon for each round of the customers, as nobody gets one twice.
  const total = ALONE / 4 + ALONE + LOADED;
  const coupons = await Promise.all(Array.from({ length: Math.ceil(total / CUSTOMERS) }, () => newCoupon(admin)));
  const placed: Placed[] = [];
  return {
    'product page': () => expected(nobody.get('/products?limit=20'), 200),
    balance: (i) => expected(of(i).get('/balance'), 200),
    'orders page': (i) => expected(of(i).get('/orders?limit=20'), 200),
    charge: (i) => expected(of(i).post('/balance/charges', { amount: 1_000 }, key('charge', i)), 201),
    issue: (i) =>
      expected(of(i).post(`/coupons/${coupons[Math.floor(i / CUSTOMERS)]}/issue`, undefined, key('issue', i)), 201),
    order: async (i) => {
      const lines = [i, i + 7].map((n) => ({ optionId: options[n % options.length]!, quantity: 1 }));
      const { id } = await answered<{ id: string }>(of(i).post('/orders', { lines }, key('order', i)), 201);
      placed.push({ caller: of(i), id });
    },
    pay: (i) => {
      const { caller, id } = placed[i]!;
      return expected(caller.post('/payments', { orderId: id }, key('pay', i)), 201);
    },
  };
}

async function time(call: Call, from: number, calls: number, callers: number): Promise<Timing> {
  const taken = new Latencies();
  let next = from;
  const began = performance.now();
  const work = async (): Promise<void> => {
    while (next < from + calls) {
      const i = next++;
      const started = performance.now();
      await call(i);
      taken.add(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: callers }, work));
  const perSecond = (calls * 1_000) / (performance.now() - began);
  return { callers, calls, perSecond, p50: taken.percentile(50), p99: taken.percentile(99) };
}

async function optionsOf(nobody: Caller): Promise<string[]> {
  const { items } = await answered<{ items: { options: { id: string }[] }[] }>(nobody.get('/products?limit=100'), 200);
  return items.flatMap(({ options }) => options.map(({ id }) => id));
}

async function newCoupon(admin: Caller): Promise<string> {
  const day = 86_400_000;
  const terms = {
    name: '성장 쿠폰',
    discountType: 'FIXED',
    discountValue: 500,
    maxDiscountAmount: null,
    minOrderAmount: 0,
    totalQuantity: CUSTOMERS,
    validFrom: new Date(Date.now() - day).toISOString(),
    validUntil: new Date(Date.now() + day).toISOString(),
  };
  return (await answered<{ id: string }>(admin.post('/admin/coupons', terms), 201)).id;
}

async function expected(answer: ReturnType<Caller['get']>, status: number): Promise<void> {
  await answered(answer, status);
}

async function answered<T>(answer: ReturnType<Caller['get']>, status: number): Promise<T> {
  const { status: actual, body } = await answer;
  if (actual !== status) throw new Error(`${status} was expected, not ${actual}: ${JSON.stringify(body)}`);
  return body as T;
}
