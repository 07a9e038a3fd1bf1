import { startShop, type TestShop } from '../support/shop';
import {
  type Delivery,
  ID,
  type IssuedCoupon,
  NUMBER,
  type Order,
  type Page,
  type Payment,
  type Product,
  problem,
  TEXT,
  TIME,
  type Transaction,
  UNKNOWN_ID,
} from './shapes';
import { Shopping } from './shopping';

let shop: TestShop;
let shopping: Shopping;

beforeAll(async () => {
  shop = await startShop();
  shopping = new Shopping(shop.url);
});

afterAll(() => shop?.close());

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
    expect(again.body).toEqual(problem(409, 'ORDER_NOT_CANCELLABLE', TEXT, { orderStatus: 'CANCELLED' }));
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
    expect(cancelled.body).toEqual(problem(409, 'ORDER_NOT_CANCELLABLE', TEXT, { orderStatus: 'PAID' }));
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
