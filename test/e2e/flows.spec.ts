import { startShop, type TestShop } from '../support/shop';
import {
  type Coupon,
  ID,
  type Page,
  type Product,
  problem,
  type Ranking,
  TIME,
  type Transaction,
  UNKNOWN_ID,
} from './shapes';
import { couponTerms, Shopping } from './shopping';

const PAST = '2020-01-01T00:00:00.000Z';
const FUTURE = '2090-01-01T00:00:00.000Z';

let shop: TestShop;
let shopping: Shopping;

beforeAll(async () => {
  shop = await startShop();
  shopping = new Shopping(shop.url);
});

afterAll(() => shop?.close());

describe('looking at products', () => {
  it('shows those on sale with their options and what can still be ordered of each', async () => {
    const name = `감귤 ${Date.now()}`;
    const { id } = await shopping.product(
      [
        { name: '5kg', price: 19_900, stock: 7 },
        { name: '10kg', price: 35_000, stock: 0 },
      ],
      name,
    );

    const { status, body } = await shopping.nobody.get<Page<Product>>(`/products?q=${encodeURIComponent(name)}`);

    expect(status).toBe(200);
    const options = [
      { id: ID, productId: id, name: '5kg', price: 19_900, stock: 7 },
      { id: ID, productId: id, name: '10kg', price: 35_000, stock: 0 },
    ];
    const product = { id, name, description: '', onSale: true, options, createdAt: TIME };
    expect(body).toEqual({ items: [product], nextCursor: null });
    expect((await shopping.nobody.get(`/products/${id}`)).body).toEqual(product);
  });

  it('has no such product', async () => {
    const { status, body } = await shopping.nobody.get(`/products/${UNKNOWN_ID}`);

    expect(status).toBe(404);
    expect(body).toEqual(problem(404, 'PRODUCT_NOT_FOUND'));
  });
});

describe('asking for the balance', () => {
  it('is 0 won for somebody never seen, and writes nothing', async () => {
    const { id, caller } = await shopping.customer();

    expect((await caller.get('/balance')).body).toEqual({ balance: 0 });
    expect(await shop.sql('SELECT 1 FROM balance WHERE user_id = $1', [id])).toEqual([]);
  });

  it('is what was charged', async () => {
    const { caller } = await shopping.customer(12_345);

    expect((await caller.get('/balance')).body).toEqual({ balance: 12_345 });
  });
});

describe('charging', () => {
  it.each([0, -1, -10_000_000])('refuses %i won', async (amount) => {
    const { caller } = await shopping.customer();

    const { status, headers, body } = await caller.post('/balance/charges', { amount });

    expect(status).toBe(400);
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(body).toEqual(problem(400, 'INVALID_CHARGE_AMOUNT', '0 이하의 금액은 충전 불가합니다.'));
  });

  it('adds to what is held, the first time and after, and keeps a history', async () => {
    const { caller } = await shopping.customer();

    const first = await caller.post('/balance/charges', { amount: 10_000 });
    const second = await caller.post('/balance/charges', { amount: 5_000 });

    expect([first.status, second.status]).toEqual([201, 201]);
    expect(first.body).toEqual({ transactionId: ID, amount: 10_000, balance: 10_000, chargedAt: TIME });
    expect(second.body).toEqual({ transactionId: ID, amount: 5_000, balance: 15_000, chargedAt: TIME });
    const { body } = await caller.get<Page<Transaction>>('/balance/transactions');
    const charge = { id: ID, type: 'CHARGE', referenceId: null, createdAt: TIME };
    expect(body).toEqual({
      items: [
        { ...charge, amount: 5_000, balanceAfter: 15_000 },
        { ...charge, amount: 10_000, balanceAfter: 10_000 },
      ],
      nextCursor: null,
    });
  });

  it('stops at a thousand million won', async () => {
    const { caller } = await shopping.customer(1_000_000_000);

    const { status, body } = await caller.post('/balance/charges', { amount: 1 });

    expect(status).toBe(409);
    expect(body).toEqual(problem(409, 'BALANCE_LIMIT_EXCEEDED', '보유 한도를 초과했습니다'));
  });
});

describe('issuing a coupon, first come, first served', () => {
  it('gives one to a caller and says the how many-th it is', async () => {
    const coupon = await shopping.coupon({ totalQuantity: 2 });
    const { caller } = await shopping.customer();

    const { status, body } = await caller.post(`/coupons/${coupon.id}/issue`);

    expect(status).toBe(201);
    const issued = {
      couponId: coupon.id,
      sequence: 1,
      name: '블랙프라이데이 쿠폰',
      discountType: 'FIXED',
      discountValue: 500,
      maxDiscountAmount: null,
      minOrderAmount: 0,
      status: 'AVAILABLE',
      issuedAt: TIME,
      validUntil: TIME,
    };
    expect(body).toEqual(issued);
    expect((await caller.get('/coupons/mine')).body).toEqual({ items: [issued], nextCursor: null });
  });

  it.each([
    [
      'not started',
      { validFrom: FUTURE, validUntil: '2091-01-01T00:00:00Z' },
      'COUPON_NOT_STARTED',
      '쿠폰 발급 기간이 아닙니다',
    ],
    [
      'expired',
      { validFrom: PAST, validUntil: '2020-02-01T00:00:00Z' },
      'COUPON_EXPIRED',
      '쿠폰 기간이 만료되었습니다',
    ],
  ])('refuses one that is %s', async (_, window, code, detail) => {
    const coupon = await shopping.coupon(window);
    const { caller } = await shopping.customer();

    const { status, body } = await caller.post(`/coupons/${coupon.id}/issue`);

    expect(status).toBe(409);
    expect(body).toEqual(problem(409, code, detail));
  });

  it('refuses a second one, and says sold out before already issued', async () => {
    const plenty = await shopping.coupon({ totalQuantity: 2 });
    const single = await shopping.coupon({ totalQuantity: 1 });
    const customer = await shopping.customer();
    await shopping.issue(customer, plenty);
    await shopping.issue(customer, single);

    const again = await customer.caller.post(`/coupons/${plenty.id}/issue`);
    const soldOut = await customer.caller.post(`/coupons/${single.id}/issue`);

    expect(again.body).toEqual(problem(409, 'COUPON_ALREADY_ISSUED', '이미 발급받은 쿠폰입니다'));
    expect(soldOut.body).toEqual(problem(409, 'COUPON_SOLD_OUT', '쿠폰 수량이 모두 소진되었습니다'));
  });

  it('lists what can be issued now or soon, in the whole form of a coupon', async () => {
    const { status, body } = await shopping.admin.post<Coupon>('/admin/coupons', {
      ...couponTerms(),
      totalQuantity: 3,
    });
    expect(status).toBe(201);
    const coupon = { ...couponTerms(), id: ID, totalQuantity: 3, remaining: 3, validFrom: TIME, validUntil: TIME };
    expect(body).toEqual(coupon);
    const over = await shopping.coupon({ validFrom: PAST, validUntil: '2020-02-01T00:00:00Z' });
    const soon = await shopping.coupon({ validFrom: FUTURE, validUntil: '2091-01-01T00:00:00Z' });

    const listed = (await shopping.nobody.get<Page<Coupon>>('/coupons?limit=100')).body.items;

    expect(listed.find(({ id }) => id === body.id)).toEqual({ ...coupon, id: body.id });
    expect(listed.map(({ id }) => id)).toContain(soon.id);
    expect(listed.map(({ id }) => id)).not.toContain(over.id);
  });
});

describe('popular products', () => {
  it('are what sold most in three days, at the price of the cheapest option, computed when asked by the schedule', async () => {
    const customer = await shopping.customer(10_000_000);
    const product = await shopping.product([
      { name: '비싼 것', price: 9_000, stock: 1_000 },
      { name: '싼 것', price: 100, stock: 1_000 },
    ]);
    await shopping.buy(customer, product.options[1]!, 600);
    const refunded = await shopping.buy(customer, product.options[0]!, 300);
    await customer.caller.post(`/payments/${refunded.id}/refund`);
    await shopping.order(customer, product.options[1]!, 5);

    const { status, body } = await shopping.admin.post<Ranking>('/admin/rankings/refresh');

    expect(status).toBe(200);
    expect(body).toEqual({ generatedAt: TIME, window: { from: TIME, to: TIME }, items: expect.any(Array) });
    expect(Date.parse(body.window.to) - Date.parse(body.window.from)).toBe(72 * 3_600_000);
    expect(body.items.length).toBeLessThanOrEqual(5);
    const first = { rank: 1, productId: product.id, name: product.name, price: 100, soldQuantity: 600 };
    expect(body.items[0]).toEqual(first);
    expect((await shopping.nobody.get('/products/rank')).body).toEqual(body);
  });
});

describe('every answer', () => {
  it('echoes a sane request id, and makes one instead of another', async () => {
    const sane = await shopping.nobody.get('/products', { headers: { 'x-request-id': 'order-from-the-app.1' } });
    const insane = await shopping.nobody.get<{ requestId: string }>(`/products/${UNKNOWN_ID}`, {
      headers: { 'x-request-id': 'a b\u00e9<script>' },
    });

    expect(sane.headers.get('x-request-id')).toBe('order-from-the-app.1');
    expect(insane.headers.get('x-request-id')).toEqual(ID);
    expect(insane.body.requestId).toBe(insane.headers.get('x-request-id'));
  });

  it.each([
    ['en', 'The order does not exist', 'en'],
    ['fr, en;q=0.8, ko;q=0.3', 'The order does not exist', 'en'],
    ['ko-KR,ko;q=0.9,en;q=0.8', '주문 정보가 존재하지 않습니다', 'ko'],
    ['fr', '주문 정보가 존재하지 않습니다', 'ko'],
  ])('is in the language that %s prefers', async (preferred, detail, language) => {
    const { caller } = await shopping.customer();

    const { headers, body } = await caller.get(`/orders/${UNKNOWN_ID}`, { headers: { 'accept-language': preferred } });

    expect(body).toEqual(problem(404, 'ORDER_NOT_FOUND', detail));
    expect(headers.get('content-language')).toBe(language);
  });
});
