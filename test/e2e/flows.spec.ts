import { startShop, type TestShop } from '../support/shop';
import {
  type Coupon,
  type Delivery,
  ID,
  type IssuedCoupon,
  NUMBER,
  type Order,
  type Page,
  type Payment,
  type Product,
  problem,
  type Ranking,
  TEXT,
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

describe('ordering', () => {
  it('reserves the stock and the coupon, and fixes the price', async () => {
    const customer = await shopping.customer();
    const option = await shopping.goods(5, 2_000);
    const coupon = await shopping.coupon();
    await shopping.issue(customer, coupon);

    const lines = [
      { optionId: option.id, quantity: 1 },
      { optionId: option.id, quantity: 2 },
    ];
    const placed = await customer.caller.post<Order>('/orders', { lines, couponId: coupon.id });

    expect(placed.status).toBe(201);
    expect(placed.headers.get('location')).toBe(`/orders/${placed.body.id}`);
    const line = { productId: option.productId, productName: TEXT, optionId: option.id, optionName: '기본' };
    const order = {
      id: ID,
      status: 'PENDING_PAYMENT',
      lines: [{ ...line, unitPrice: 2_000, quantity: 3, amount: 6_000 }],
      couponId: coupon.id,
      subtotal: 6_000,
      discount: 500,
      total: 5_500,
      placedAt: TIME,
      expiresAt: TIME,
      paymentId: null,
    };
    expect(placed.body).toEqual(order);
    expect(Date.parse(placed.body.expiresAt) - Date.parse(placed.body.placedAt)).toBe(900_000);
    expect((await customer.caller.get(`/orders/${placed.body.id}`)).body).toEqual(placed.body);
    expect(await shopping.stockOf(option)).toBe(2);
    const mine = (await customer.caller.get<Page<IssuedCoupon>>('/coupons/mine')).body.items;
    expect(mine.map(({ status }) => status)).toEqual(['RESERVED']);

    const changed = await shopping.admin.patch(`/admin/options/${option.id}`, { price: 9_999 });
    expect(changed.body).toEqual({ ...option, price: 9_999, stock: 2 });
    expect((await customer.caller.get<Order>(`/orders/${placed.body.id}`)).body.total).toBe(5_500);
  });

  it('refuses all lines when one of them is short, and says of which how much is left', async () => {
    const { caller } = await shopping.customer();
    const [plenty, short] = [await shopping.goods(5), await shopping.goods(1)];

    const lines = [
      { optionId: plenty.id, quantity: 1 },
      { optionId: short.id, quantity: 2 },
    ];
    const { status, body } = await caller.post('/orders', { lines });

    expect(status).toBe(409);
    const shortages = [{ optionId: short.id, requested: 2, available: 1 }];
    expect(body).toEqual(problem(409, 'OUT_OF_STOCK', '상품 재고가 부족합니다', { shortages }));
    expect(await shopping.stockOf(plenty)).toBe(5);
  });

  it('refuses what is not on sale', async () => {
    const { caller } = await shopping.customer();
    const option = await shopping.goods();
    const hidden = await shopping.admin.patch<Product>(`/admin/products/${option.productId}`, { onSale: false });
    expect(hidden.body.onSale).toBe(false);

    const { body } = await caller.post('/orders', { lines: [{ optionId: option.id, quantity: 1 }] });

    expect(body).toEqual(problem(409, 'PRODUCT_NOT_ON_SALE', '판매 중인 상품이 아닙니다'));
  });

  it.each([
    ['never issued', 'NOT_ISSUED', {}, []],
    ['for larger orders', 'ORDER_TOO_SMALL', { minOrderAmount: 1_001 }, ['issue']],
    ['reserved by another order', 'RESERVED', {}, ['issue', 'order']],
    ['used', 'USED', {}, ['issue', 'order', 'pay']],
  ])('refuses a coupon that is %s, and takes no stock', async (_, reason, terms, before) => {
    const customer = await shopping.customer(10_000);
    const option = await shopping.goods(10, 1_000);
    const coupon = await shopping.coupon(terms);
    if (before.includes('issue')) await shopping.issue(customer, coupon);
    const first = before.includes('order') ? await shopping.order(customer, option, 1, coupon.id) : undefined;
    if (first && before.includes('pay')) await shopping.pay(customer, first);
    const stock = await shopping.stockOf(option);

    const lines = [{ optionId: option.id, quantity: 1 }];
    const { status, body } = await customer.caller.post('/orders', { lines, couponId: coupon.id });

    expect(status).toBe(409);
    expect(body).toEqual(problem(409, 'COUPON_NOT_USABLE', '쿠폰이 유효하지 않습니다', { reason }));
    expect(await shopping.stockOf(option)).toBe(stock);
  });

  it('can be cancelled before it is paid, which releases stock and coupon', async () => {
    const customer = await shopping.customer(1_000);
    const option = await shopping.goods(3);
    const coupon = await shopping.coupon();
    await shopping.issue(customer, coupon);
    const order = await shopping.order(customer, option, 2, coupon.id);

    const { status, body } = await customer.caller.post(`/orders/${order.id}/cancel`);

    expect(status).toBe(200);
    expect(body).toEqual({ ...order, status: 'CANCELLED' });
    expect(await shopping.stockOf(option)).toBe(3);
    expect((await customer.caller.get<Page<IssuedCoupon>>('/coupons/mine')).body.items[0]?.status).toBe('AVAILABLE');
    const again = await customer.caller.post(`/orders/${order.id}/cancel`);
    expect(again.body).toMatchObject(problem(409, 'ORDER_NOT_CANCELLABLE'));
    const paid = await customer.caller.post('/payments', { orderId: order.id });
    expect(paid.body).toEqual(problem(409, 'ORDER_CANCELLED'));
  });
});

describe('paying', () => {
  it('has no such order', async () => {
    const { caller } = await shopping.customer();

    const { status, body } = await caller.post('/payments', { orderId: UNKNOWN_ID });

    expect(status).toBe(404);
    expect(body).toEqual(problem(404, 'ORDER_NOT_FOUND', '주문 정보가 존재하지 않습니다'));
  });

  it('leaves an order payable when the balance is too low', async () => {
    const customer = await shopping.customer(999);
    const order = await shopping.order(customer, await shopping.goods(1, 1_000));

    const refused = await customer.caller.post('/payments', { orderId: order.id });

    expect(refused.status).toBe(409);
    const details = { balance: 999, required: 1_000 };
    expect(refused.body).toEqual(problem(409, 'INSUFFICIENT_BALANCE', '잔액이 부족합니다', details));
    await customer.caller.post('/balance/charges', { amount: 1 });
    expect(await shopping.pay(customer, order)).toMatchObject({ amount: 1_000, balanceAfter: 0 });
  });

  it('takes the discounted total, sells the stock, uses the coupon and reports the order, once', async () => {
    const customer = await shopping.customer(10_000);
    const option = await shopping.goods(5, 1_111);
    const coupon = await shopping.coupon({ discountType: 'PERCENT', discountValue: 10, maxDiscountAmount: 5_000 });
    await shopping.issue(customer, coupon);
    const order = await shopping.order(customer, option, 3, coupon.id);

    const paid = await customer.caller.post<Payment>('/payments', { orderId: order.id });

    expect(paid.status).toBe(201);
    expect(paid.headers.get('location')).toBe(`/payments/${paid.body.id}`);
    const amounts = { subtotal: 3_333, discount: 333, amount: 3_000, balanceAfter: 7_000 };
    const payment = { id: ID, orderId: order.id, status: 'PAID', ...amounts, paidAt: TIME, refundedAt: null };
    expect(paid.body).toEqual(payment);
    expect((await customer.caller.get(`/payments/${paid.body.id}`)).body).toEqual(paid.body);
    const settled = { ...order, status: 'PAID', paymentId: paid.body.id };
    expect((await customer.caller.get(`/orders/${order.id}`)).body).toEqual(settled);
    expect(await shopping.stockOf(option)).toBe(2);
    expect((await customer.caller.get<Page<IssuedCoupon>>('/coupons/mine')).body.items[0]?.status).toBe('USED');
    const [entry] = (await customer.caller.get<Page<Transaction>>('/balance/transactions')).body.items;
    const common = { id: ID, referenceId: paid.body.id, createdAt: TIME };
    expect(entry).toEqual({ ...common, type: 'PAYMENT', amount: -3_000, balanceAfter: 7_000 });

    const again = await customer.caller.post('/payments', { orderId: order.id });
    expect(again.body).toEqual(problem(409, 'ORDER_ALREADY_PAID', TEXT, { paymentId: paid.body.id }));
    const cancelled = await customer.caller.post(`/orders/${order.id}/cancel`);
    expect(cancelled.body).toMatchObject(problem(409, 'ORDER_NOT_CANCELLABLE'));
    const [delivery] = (await shopping.admin.get<Page<Delivery>>('/admin/deliveries')).body.items;
    expect(delivery).toEqual({
      id: ID,
      type: 'order.paid',
      status: expect.stringMatching(/^(PENDING|DELIVERED)$/),
      attempts: NUMBER,
      lastError: null,
      nextAttemptAt: delivery?.status === 'PENDING' ? TIME : null,
      createdAt: TIME,
    });
  });

  it('gives everything back when it is refunded, once', async () => {
    const customer = await shopping.customer(10_000);
    const option = await shopping.goods(5);
    const coupon = await shopping.coupon();
    await shopping.issue(customer, coupon);
    const order = await shopping.order(customer, option, 3, coupon.id);
    const payment = await shopping.pay(customer, order);

    const { status, body } = await customer.caller.post<Payment>(`/payments/${payment.id}/refund`);

    expect(status).toBe(200);
    expect(body).toEqual({ ...payment, status: 'REFUNDED', balanceAfter: 10_000, refundedAt: TIME });
    expect((await customer.caller.get<Order>(`/orders/${order.id}`)).body.status).toBe('REFUNDED');
    expect(await shopping.stockOf(option)).toBe(5);
    expect(await shopping.balanceOf(customer)).toBe(10_000);
    expect((await customer.caller.get<Page<IssuedCoupon>>('/coupons/mine')).body.items[0]?.status).toBe('AVAILABLE');
    const again = await customer.caller.post(`/payments/${payment.id}/refund`);
    expect(again.body).toEqual(problem(409, 'PAYMENT_ALREADY_REFUNDED'));
  });

  it('takes a total of 0 like any other', async () => {
    const customer = await shopping.customer();
    const order = await shopping.order(customer, await shopping.goods(1, 0));

    expect(await shopping.pay(customer, order)).toMatchObject({ status: 'PAID', amount: 0, balanceAfter: 0 });
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
