import { startShop, type TestShop } from '../support/shop';
import { rowCounts } from './books';
import { type Page, type Problem, problem, UNKNOWN_ID } from './shapes';
import { type Customer, couponTerms, Shopping } from './shopping';

let shop: TestShop;
let shopping: Shopping;
let customer: Customer;
let optionId: string;
let productId: string;

beforeAll(async () => {
  shop = await startShop();
  shopping = new Shopping(shop.url);
  customer = await shopping.customer(1_000);
  ({ id: optionId, productId } = await shopping.goods(1_000_000));
});

afterAll(() => shop?.close());

const MOST_STOCK = 10_000_000;
const option = { name: 'o', price: 1, stock: 1 };
const options = (count: number) => Array.from({ length: count }, () => option);
const lines = (count: number) => Array.from({ length: count }, () => ({ optionId, quantity: 1 }));
const orange = '🍊';

/** A request with one of its fields set to each value: what is refused names the field. */
const fields: [
  field: string,
  send: (value: unknown) => [path: string, body: object],
  good: unknown[],
  bad: unknown[],
][] = [
  ['amount', (amount) => ['/balance/charges', { amount }], [1, 10_000_000], [10_000_001]],
  [
    'name',
    (name) => ['/admin/products', { name, options: [option] }],
    ['x', orange.repeat(200)],
    ['', ' ', 'x'.repeat(201), orange.repeat(201), 7, null],
  ],
  [
    'options',
    (value) => ['/admin/products', { name: 'x', options: value }],
    [options(1), options(50)],
    [[], options(51), null, 'x'],
  ],
  [
    'options[0].price',
    (price) => ['/admin/products', { name: 'x', options: [{ ...option, price }] }],
    [0, 100_000_000],
    [-1, 100_000_001, 1.5, '1'],
  ],
  [
    'options[0].stock',
    (stock) => ['/admin/products', { name: 'x', options: [{ ...option, stock }] }],
    [0, MOST_STOCK],
    [-1, MOST_STOCK + 1],
  ],
  [
    'options[0].name',
    (name) => ['/admin/products', { name: 'x', options: [{ ...option, name }] }],
    ['x', 'x'.repeat(200)],
    ['', 'x'.repeat(201)],
  ],
  [
    'price',
    (price) => [`/admin/products/${productId}/options`, { ...option, price }],
    [0, 100_000_000],
    [-1, 100_000_001],
  ],
  [
    'stock',
    (stock) => [`/admin/products/${productId}/options`, { ...option, stock }],
    [0, MOST_STOCK],
    [-1, MOST_STOCK + 1],
  ],
  ['name', (name) => ['/admin/coupons', { ...couponTerms(), name }], ['x', 'x'.repeat(200)], ['', 'x'.repeat(201)]],
  [
    'discountValue',
    (discountValue) => ['/admin/coupons', { ...couponTerms(), discountValue }],
    [1, 100_000_000],
    [0, 100_000_001, -1],
  ],
  [
    'discountValue',
    (discountValue) => ['/admin/coupons', { ...couponTerms(), discountType: 'PERCENT', discountValue }],
    [1, 100],
    [0, 101],
  ],
  [
    'discountType',
    (discountType) => ['/admin/coupons', { ...couponTerms(), discountType }],
    ['FIXED', 'PERCENT'].slice(0, 1),
    ['fixed', 'FREE', null],
  ],
  [
    'totalQuantity',
    (totalQuantity) => ['/admin/coupons', { ...couponTerms(), totalQuantity }],
    [1, 10_000_000],
    [0, 10_000_001],
  ],
  ['minOrderAmount', (minOrderAmount) => ['/admin/coupons', { ...couponTerms(), minOrderAmount }], [0], [-1, 1.5]],
  [
    'maxDiscountAmount',
    (maxDiscountAmount) => ['/admin/coupons', { ...couponTerms(), maxDiscountAmount }],
    [1, null],
    [0, -1, 1.5],
  ],
  [
    'validFrom',
    (validFrom) => ['/admin/coupons', { ...couponTerms(), validFrom }],
    ['2026-01-01T09:00:00+09:00'],
    ['2026-02-30T00:00:00Z', 'tomorrow', '2026-01-01', 1_764_000_000],
  ],
  [
    'validUntil',
    (validUntil) => ['/admin/coupons', { ...couponTerms(), validFrom: '2026-01-02T00:00:00.000Z', validUntil }],
    ['2026-01-02T00:00:00.001Z'],
    ['2026-01-02T00:00:00.000Z', '2026-01-01T00:00:00Z', null],
  ],
  ['lines', (count) => ['/orders', { lines: lines(Number(count)) }], [1, 50], [0, 51]],
  [
    'lines[0].quantity',
    (quantity) => ['/orders', { lines: [{ optionId, quantity }] }],
    [1, 1_000],
    [0, -1, 1_001, 1.5, '1', null],
  ],
  [
    'userId',
    (userId) => ['/auth/token', { userId }],
    ['x', 'A-z0.9_:@-', 'x'.repeat(64)],
    ['', 'x'.repeat(65), 'a b', '한', "a'b"],
  ],
];

describe.each(fields)('%s', (field, send, good, bad) => {
  it('is taken at both of its edges', async () => {
    const caller = send(good[0])[0].startsWith('/admin') ? shopping.admin : (await shopping.customer()).caller;

    for (const value of good) {
      const [path, body] = send(value);
      const answer = await caller.post(path, body);
      expect([answer.status < 300, answer.body]).toEqual([true, answer.body]);
    }
  });

  it('is refused beyond them, and nothing is written', async () => {
    const before = await rowCounts(shop);

    for (const value of bad) {
      const [path, body] = send(value);
      const answer = await (path.startsWith('/admin') ? shopping.admin : customer.caller).post<Problem>(path, body);
      expect([value, answer.status, answer.body.errors?.map((error) => error.field)]).toEqual([value, 400, [field]]);
    }

    expect(await rowCounts(shop)).toEqual(before);
  });
});

describe('stock', () => {
  it('cannot pass its limit, nor fall below what is reserved', async () => {
    const goods = await shopping.goods(10);
    await shopping.order(customer, goods, 4);
    const change = (delta: number) => shopping.admin.post(`/admin/options/${goods.id}/stock`, { delta });

    expect((await change(MOST_STOCK)).status).toBe(400);
    expect((await change(-7)).body).toEqual(problem(409, 'STOCK_BELOW_RESERVED'));
    expect((await change(-6)).body).toMatchObject({ stock: 0 });
    expect((await change(MOST_STOCK - 4)).body).toMatchObject({ stock: MOST_STOCK - 4 });
    expect((await change(MOST_STOCK + 1)).status).toBe(400);
  });

  it('says in the language of the caller what is wrong with a change', async () => {
    const { id } = await shopping.goods(10);
    const headers = { 'accept-language': 'en' };
    const path = `/admin/options/${id}/stock`;

    const { body } = await shopping.admin.post<Problem>(path, { delta: MOST_STOCK }, { headers });

    expect(body.errors).toEqual([{ field: 'delta', message: expect.stringMatching(/^[\x20-\x7e]+$/) }]);
  });
});

describe('a change', () => {
  it.each([
    [() => `/admin/products/${productId}`, [{}, { onSale: 'no' }, { id: UNKNOWN_ID }, { name: '' }]],
    [() => `/admin/options/${optionId}`, [{}, { price: -1 }, { stock: 7 }, { name: 'x'.repeat(201) }]],
  ])('of %s must be a change of what can be changed', async (path, changes) => {
    for (const change of changes) expect((await shopping.admin.patch(path(), change)).status).toBe(400);
  });
});

describe('a list', () => {
  const lists = ['/products', '/coupons', '/coupons/mine', '/orders', '/balance/transactions', '/admin/deliveries'];
  const bad = [
    'limit=0',
    'limit=101',
    'limit=-1',
    'limit=1e1',
    'limit=0x10',
    'limit=1.5',
    'limit=',
    'limit=ten',
    'limit=1&limit=2',
    'limit[a]=1',
    'cursor=',
    'cursor=abc',
    'cursor=abc.def',
    'cursor=W10.xxxxxxxxxxxxxxxx',
    'offset=10',
    'cursor=%E0%A4%A',
  ];

  it.each(lists)('%s takes a limit from 1 to 100', async (list) => {
    for (const limit of [1, 100]) {
      const { status, body } = await shopping.admin.get<Page<object>>(`${list}?limit=${limit}`);
      expect(status).toBe(200);
      expect(body).toEqual({ items: expect.any(Array), nextCursor: body.nextCursor });
    }
  });

  it.each(lists)('%s refuses any other query', async (list) => {
    const answers = await Promise.all(bad.map((query) => shopping.admin.get(`${list}?${query}`)));

    expect(answers.map(({ status }, i) => [bad[i], status])).toEqual(bad.map((query) => [query, 400]));
  });

  it('of products is sorted and filtered only as it says, that of deliveries by a known status', async () => {
    const queries = ['/products?sort=price', '/products?sort=', '/admin/deliveries?status=LOST'];

    for (const query of queries) expect((await shopping.admin.get(query)).status).toBe(400);
  });
});

it('a query is refused where none is read', async () => {
  expect((await customer.caller.get('/balance?userId=lee')).body).toMatchObject({ errors: [{ field: 'userId' }] });
});
