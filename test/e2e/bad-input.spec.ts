import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { startShop, type TestShop } from '../support/shop';
import { rowCounts } from './books';
import { type Problem, problem, UNKNOWN_ID } from './shapes';
import { type Customer, couponTerms, Shopping } from './shopping';

let shop: TestShop;
let shopping: Shopping;
let customer: Customer;
let optionId: string;
let before: Record<string, number>;

beforeAll(async () => {
  shop = await startShop();
  shopping = new Shopping(shop.url);
  customer = await shopping.customer(1_000);
  optionId = (await shopping.goods(10)).id;
});

beforeEach(async () => {
  before = await rowCounts(shop);
});

afterAll(() => shop?.close());

async function expectNothingWritten(): Promise<void> {
  expect(await rowCounts(shop)).toEqual(before);
}

/** Sends just what it is told: no header is added to it. */
function rawPost(
  path: string,
  headers: Record<string, string>,
  body: string | Buffer,
): Promise<{ status: number; code: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(shop.url + path, { method: 'POST', headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const problem: Problem = JSON.parse(Buffer.concat(chunks).toString());
        resolve({ status: response.statusCode ?? 0, code: problem.code });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

describe('an amount', () => {
  it.each([
    '1.5',
    '"1000"',
    '" "',
    'true',
    'null',
    '[1000]',
    'NaN',
    '1e400',
    '9007199254740993',
    '1e20',
    '2147483648',
    '9223372036854775808',
    '10000001',
    '{}',
    '""',
    '01',
    '+1',
    '0x10',
  ])('is not %s', async (amount) => {
    const { status, body } = await customer.caller.post('/balance/charges', `{"amount":${amount}}`);

    expect(status).toBe(400);
    expect(body).toEqual(
      problem(400, 'VALIDATION_FAILED', '요청 값이 올바르지 않습니다', { errors: expect.any(Array) }),
    );
    await expectNothingWritten();
  });

  it.each(['1', '1.0', '1e3', '10000000'])('may be %s', async (amount) => {
    const { caller } = await shopping.customer();

    const { status, body } = await caller.post('/balance/charges', `{"amount":${amount}}`);

    expect(status).toBe(201);
    expect(body).toMatchObject({ amount: Number(amount) });
  });
});

describe('a body', () => {
  const deep = `${'['.repeat(2_000)}${']'.repeat(2_000)}`;

  it.each([
    ['nothing', ''],
    ['null', 'null'],
    ['a text', '"x"'],
    ['a list', '[]'],
    ['cut off', '{"amount":1'],
    ['naming a member twice', '{"amount":1,"amount":999999}'],
    ['naming a member twice, once in disguise', '{"amount":1,"\\u0061mount":999999}'],
    ['out to pollute', '{"amount":1,"__proto__":{"polluted":true}}'],
    ['out to pollute by the constructor', '{"amount":1,"constructor":{"prototype":{"polluted":true}}}'],
    ['with a field too many', '{"amount":1,"userId":"lee"}'],
    ['with a field that every object has', '{"amount":1,"toString":1}'],
    ['2,000 levels deep', `{"amount":${deep}}`],
    ['with a NUL', '{"amount":1,"note":"\\u0000"}'],
  ])('is not %s', async (_, body) => {
    const { status, body: answer } = await customer.caller.post('/balance/charges', body);

    expect(status).toBe(400);
    expect(answer).toMatchObject({ code: 'VALIDATION_FAILED' });
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    await expectNothingWritten();
  });

  it.each([
    ['empty', '[]'],
    ['of null', '[null]'],
    ['of lists', '[[]]'],
    ['an object', '{"0":{}}'],
    ['of 51', `[${Array(51).fill(`{"optionId":"${UNKNOWN_ID}","quantity":1}`).join()}]`],
    ['with a field that every object has', `[{"optionId":"${UNKNOWN_ID}","quantity":1,"valueOf":1}]`],
    ['with a price from the client', `[{"optionId":"${UNKNOWN_ID}","quantity":1,"unitPrice":1}]`],
    ['missing', 'null'],
  ])('has no lines that are %s', async (_, lines) => {
    const { status, body } = await customer.caller.post('/orders', `{"lines":${lines}}`);

    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'VALIDATION_FAILED' });
    await expectNothingWritten();
  });

  it.each(['price', 'total', 'status', 'userId', 'discount'])(
    'does not bring its own %s to an order',
    async (field) => {
      const { status, body } = await customer.caller.post('/orders', {
        lines: [{ optionId, quantity: 1 }],
        [field]: 1,
      });

      expect(status).toBe(400);
      expect(body).toMatchObject({ errors: [{ field, message: '알 수 없는 항목입니다' }] });
      await expectNothingWritten();
    },
  );

  it.each(['\\u0000', '\\ud800', '\\udc00\\ud800'])('holds no text that cannot be stored: %s', async (text) => {
    const option = '{"name":"o","price":1,"stock":1}';
    const { status } = await shopping.admin.post('/admin/products', `{"name":"a${text}b","options":[${option}]}`);

    expect(status).toBe(400);
    await expectNothingWritten();
  });

  it('holds SQL, emoji and right-to-left text as what they are: text', async () => {
    const name = "'); DROP TABLE product; -- 🍊 \u202eabc";

    expect((await shopping.product([{ name, price: 1, stock: 1 }], name)).name).toBe(name);
  });

  it('is refused whole when it is too large, also once it is unpacked', async () => {
    const large = JSON.stringify({ amount: 1, note: 'x'.repeat(100_000) });
    const headers = { 'content-encoding': 'gzip' };

    const plain = await customer.caller.post('/balance/charges', large);
    const bomb = await customer.caller.post('/balance/charges', gzipSync('x'.repeat(5_000_000)), { headers });

    expect(plain.body).toMatchObject(problem(413, 'PAYLOAD_TOO_LARGE'));
    expect(bomb.body).toMatchObject(problem(413, 'PAYLOAD_TOO_LARGE'));
    await expectNothingWritten();
  });

  it.each([
    [415, 'as text', { 'content-type': 'text/plain' }],
    [415, 'as a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    [415, 'in Latin-1', { 'content-type': 'application/json; charset=latin1' }],
    [415, 'packed by zstd', { 'content-type': 'application/json', 'content-encoding': 'zstd' }],
    [400, 'as gzip that is none', { 'content-type': 'application/json', 'content-encoding': 'gzip' }],
  ])('gets %i %s', async (status, _, headers) => {
    const answer = await customer.caller.post('/balance/charges', '{"amount":1}', {
      headers: headers as Record<string, string>,
    });

    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ code: status === 415 ? 'UNSUPPORTED_MEDIA_TYPE' : 'VALIDATION_FAILED' });
    await expectNothingWritten();
  });

  it('gets 415 without a content type, and 431 under headers that are too long', async () => {
    const json = { 'content-type': 'application/json' };

    expect(await rawPost('/auth/token', {}, '{"userId":"kim"}')).toEqual({
      status: 415,
      code: 'UNSUPPORTED_MEDIA_TYPE',
    });
    expect(await rawPost('/auth/token', { ...json, 'x-long': 'x'.repeat(20_000) }, '{"userId":"kim"}')).toEqual({
      status: 431,
      code: 'HEADERS_TOO_LARGE',
    });
  });

  it('is not taken by a request that reads none', async () => {
    const { status, body } = await customer.caller.post(`/orders/${UNKNOWN_ID}/cancel`, { reason: 'x' });

    expect(status).toBe(400);
    expect(body).toMatchObject({ errors: [{ field: 'body' }] });
    await expectNothingWritten();
  });
});

describe('a name that our own objects have', () => {
  it('is unknown in a query', async () => {
    const { status, body } = await shopping.nobody.get('/products?constructor=1');

    expect({ status, body }).toMatchObject({ status: 400, body: { errors: [{ field: 'constructor' }] } });
  });

  it('is unknown in a body', async () => {
    const { status, body } = await shopping.admin.post('/admin/coupons', { ...couponTerms(), toCommand: 1 });

    expect({ status, body }).toMatchObject({ status: 400, body: { errors: [{ field: 'toCommand' }] } });
    await expectNothingWritten();
  });
});

describe('an id in the path', () => {
  const addresses: [method: string, path: string, code: string, body: object | undefined][] = [
    ['GET', '/products/:id', 'PRODUCT_NOT_FOUND', undefined],
    ['GET', '/orders/:id', 'ORDER_NOT_FOUND', undefined],
    ['POST', '/orders/:id/cancel', 'ORDER_NOT_FOUND', undefined],
    ['GET', '/payments/:id', 'PAYMENT_NOT_FOUND', undefined],
    ['POST', '/payments/:id/refund', 'PAYMENT_NOT_FOUND', undefined],
    ['POST', '/coupons/:id/issue', 'COUPON_NOT_FOUND', undefined],
    ['PATCH', '/admin/products/:id', 'PRODUCT_NOT_FOUND', { name: 'x' }],
    ['POST', '/admin/products/:id/options', 'PRODUCT_NOT_FOUND', { name: 'x', price: 1, stock: 1 }],
    ['PATCH', '/admin/options/:id', 'PRODUCT_OPTION_NOT_FOUND', { name: 'x' }],
    ['POST', '/admin/options/:id/stock', 'PRODUCT_OPTION_NOT_FOUND', { delta: 1 }],
    ['POST', '/admin/deliveries/:id/retry', 'DELIVERY_NOT_FOUND', undefined],
  ];

  it.each(addresses)('is unknown: %s %s answers 404 %s', async (method, path, code, body) => {
    const answer = await shopping.admin.send(method, path.replace(':id', UNKNOWN_ID), body);

    expect(answer.status).toBe(404);
    expect(answer.body).toEqual(problem(404, code));
  });

  it.each(addresses)('is malformed: %s %s answers 400', async (method, path, _, body) => {
    const malformed = [
      '12abc',
      '0x10',
      '1e3',
      '-1',
      '9007199254740993',
      '1;drop%20table',
      '%E0%A4%A',
      '%00',
      `${UNKNOWN_ID}0`,
      UNKNOWN_ID.replaceAll('-', ''),
      `%7B${UNKNOWN_ID}%7D`,
      'null',
      'x'.repeat(10_000),
    ];
    const answers = await Promise.all(
      malformed.map((id) => shopping.admin.send(method, path.replace(':id', id), body)),
    );

    expect(answers.map((answer, i) => [malformed[i]!.slice(0, 40), answer.status])).toEqual(
      malformed.map((id) => [id.slice(0, 40), 400]),
    );
    await expectNothingWritten();
  });

  it('may be written in capitals', async () => {
    const { productId } = await shopping.goods();

    expect((await shopping.nobody.get(`/products/${productId.toUpperCase()}`)).body).toMatchObject({ id: productId });
  });

  it('is an unknown option in an order, and a malformed one in a body', async () => {
    const unknown = await customer.caller.post('/orders', { lines: [{ optionId: UNKNOWN_ID, quantity: 1 }] });
    const bad = await customer.caller.post('/orders', { lines: [{ optionId: '12abc', quantity: 1 }], couponId: 7 });
    const badOrder = await customer.caller.post('/payments', { orderId: [UNKNOWN_ID] });

    expect(unknown.body).toEqual(problem(404, 'PRODUCT_OPTION_NOT_FOUND'));
    const fields = (bad.body as Problem).errors?.map(({ field }) => field);
    expect(fields?.sort()).toEqual(['couponId', 'lines[0].optionId']);
    expect(badOrder.body).toMatchObject({ status: 400, errors: [{ field: 'orderId' }] });
  });
});

describe('an address', () => {
  it.each([
    ['DELETE', '/orders', ['GET', 'HEAD', 'POST']],
    ['GET', '/payments', ['POST']],
    ['PUT', '/balance', ['GET', 'HEAD']],
    ['DELETE', `/products/${UNKNOWN_ID}`, ['GET', 'HEAD']],
    ['GET', `/payments/${UNKNOWN_ID}/refund`, ['POST']],
  ])('does not answer to %s %s, and says what it answers to', async (method, path, allowed) => {
    const { status, headers, body } = await customer.caller.send(method, path);

    expect(status).toBe(405);
    expect(body).toEqual(problem(405, 'METHOD_NOT_ALLOWED'));
    expect(headers.get('allow')?.split(', ')).toEqual(allowed);
  });

  it.each(['/nothing', '/orders/x/y/z', '/Products', '/admin'])('%s is not served', async (path) => {
    expect((await customer.caller.get(path)).body).toEqual(problem(404, 'NOT_FOUND'));
  });
});
