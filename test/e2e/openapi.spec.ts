import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { Answer, Caller } from '../support/http';
import { startShop, type TestShop } from '../support/shop';
import { type Coupon, type Delivery, type Order, type Page, type Payment, type Product, UNKNOWN_ID } from './shapes';
import { couponTerms, Shopping } from './shopping';

const CONTRACT = `
GET /products
GET /products/{}
GET /products/rank
GET /balance
POST /balance/charges
GET /balance/transactions
GET /coupons
POST /coupons/{}/issue
GET /coupons/mine
POST /orders
GET /orders
GET /orders/{}
POST /orders/{}/cancel
POST /payments
GET /payments/{}
POST /payments/{}/refund
POST /admin/products
PATCH /admin/products/{}
POST /admin/products/{}/options
PATCH /admin/options/{}
POST /admin/options/{}/stock
POST /admin/coupons
POST /admin/rankings/refresh
GET /admin/deliveries
POST /admin/deliveries/{}/retry
GET /admin/audit
POST /auth/token`
  .trim()
  .split('\n');

/** In the contract, and free to be in the document or not. */
const BESIDE = ['GET /health/live', 'GET /health/ready', 'GET /metrics'];

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

interface Schema {
  readonly [keyword: string]: unknown;
}

interface Response {
  readonly description: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, { schema: Schema; examples?: Record<string, { value: unknown }> }>>;
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly responses: Readonly<Record<string, Response>>;
  readonly security?: readonly object[];
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly info: { readonly title: string };
  readonly tags: readonly { readonly name: string }[];
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

let shop: TestShop;
let shopping: Shopping;
let document: Document;
let operations: Map<string, Operation>;
let ajv: Ajv2020;

beforeAll(async () => {
  shop = await startShop();
  shopping = new Shopping(shop.url);
  document = (await shopping.nobody.get<Document>('/docs-json')).body;
  operations = new Map(
    Object.entries(document.paths).flatMap(([path, item]) =>
      METHODS.flatMap((method) => (item[method] ? [[`${method.toUpperCase()} ${path}`, item[method]]] : [])),
    ),
  );
  ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addSchema(closed(document) as object, 'openapi');
});

afterAll(() => shop?.close());

/**
 * As a client of JSON Schema 2020-12 reads it, to whom `nullable` says nothing; and without fields that the document
 * does not name, but for the details of a problem.
 */
function closed(part: unknown, name = ''): unknown {
  if (Array.isArray(part)) return part.map((item) => closed(item));
  if (typeof part !== 'object' || part === null) return part;
  const { nullable: _, ...rest } = part as Schema;
  const read = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, closed(value, key)]));
  const isClosed = typeof rest.properties === 'object' && rest.type === 'object' && name !== 'Problem';
  return isClosed ? { additionalProperties: false, ...read } : read;
}

function pointer(...steps: readonly string[]): string {
  return `openapi#/${steps.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;
}

function validatorOf(route: string, status: string, mediaType: string): ValidateFunction {
  const [method = '', path = ''] = route.split(' ');
  const steps = ['paths', path, method.toLowerCase(), 'responses', status, 'content', mediaType, 'schema'];
  return ajv.compile({ $ref: pointer(...steps) });
}

/** What is wrong with an answer by the document; nothing, if all is well. */
function complaints(route: string, { status, headers, body }: Answer): string[] {
  const response = operations.get(route)?.responses[String(status)];
  if (!response) return [`${route} does not document ${status}`];
  const mediaType = headers.get('content-type')?.split(';')[0] ?? '';
  if (!response.content && body === '') return [];
  if (!response.content?.[mediaType])
    return [`${route} ${status} does not document ${mediaType}: ${JSON.stringify(body)}`];
  const validate = validatorOf(route, String(status), mediaType);
  if (validate(body)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${route} ${status} ${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

/** Asks, holds the answer against the document, and gives it back. */
class Walk {
  readonly complaints: string[] = [];
  readonly seen = new Set<string>();

  async ask<T>(caller: Caller, route: string, id = '', body?: unknown): Promise<T> {
    const [method = '', path = ''] = route.split(' ');
    const answer = await caller.send<T>(method, path.replace(/\{\w*\}/, id), body);
    const documented = [...operations.keys()].find(
      (key) => key.replace(/\{\w+\}/, '{}') === route.replace(/\{\w*\}/, '{}'),
    );
    this.seen.add(`${route} ${answer.status}`);
    this.complaints.push(...complaints(documented ?? route, answer));
    return answer.body;
  }
}

describe('the document', () => {
  it('is OpenAPI 3.1, as JSON and as YAML', async () => {
    expect(document.openapi).toMatch(/^3\.1\.\d$/);
    expect((await shopping.nobody.get('/docs-yaml')).body).toContain(`openapi: ${document.openapi}`);
    expect((await shopping.nobody.get('/docs')).status).toBe(200);
  });

  it('has every route of the contract and no other', () => {
    const documented = [...operations.keys()].map((route) => route.replace(/\{\w+\}/g, '{}'));

    expect(documented.filter((route) => !BESIDE.includes(route)).sort()).toEqual([...CONTRACT].sort());
  });

  it('gives each operation a name of its own, a summary, one tag and its answers', () => {
    const names = [...operations.values()].map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);

    for (const [route, { operationId, summary, tags, responses }] of operations) {
      expect([route, operationId]).toEqual([route, expect.stringMatching(/^[a-z]+([A-Z][a-z]*)+$/)]);
      expect([route, summary, tags]).toEqual([route, expect.stringMatching(/^.{2,60}$/), [expect.any(String)]]);
      expect([route, Object.keys(responses).filter((status) => /^2\d\d$/.test(status))]).toHaveProperty('1.length', 1);
    }
  });

  it('is the shop by name, and describes each tag that an operation has', () => {
    const described = document.tags.map(({ name }) => name);

    expect(document.info.title).toBe('Jangteo (장터)');
    expect(new Set([...operations.values()].flatMap(({ tags }) => tags))).toEqual(new Set(described));
  });

  it('shows of the readiness only what is ever answered', () => {
    expect(document.components.schemas.ReadinessResponse).toMatchObject({
      properties: {
        checks: { example: { database: 'up', migrations: 'up', durability: 'up', clock: 'up', ranking: 'up' } },
      },
    });
  });

  it('says of every route that it may be unavailable, or too busy', () => {
    for (const [route, { responses }] of operations) {
      const examples = responses['503']?.content?.['application/problem+json']?.examples ?? {};
      expect([route, Object.keys(examples).sort()]).toEqual([route, ['DEPENDENCY_UNAVAILABLE', 'OVERLOADED']]);
    }
  });

  it('documents a problem for every error, with examples that are what they show', () => {
    for (const [route, { responses }] of operations) {
      const errors = Object.entries(responses).filter(
        ([status]) => /^[45]/.test(status) && route !== 'GET /health/ready',
      );
      for (const [status, { content }] of errors) {
        const { schema, examples = {} } = content?.['application/problem+json'] ?? { schema: {} };
        expect([route, status, schema]).toEqual([route, status, { $ref: '#/components/schemas/Problem' }]);
        const validate = validatorOf(route, status, 'application/problem+json');
        expect(Object.keys(examples)).not.toEqual([]);
        for (const [code, { value }] of Object.entries(examples)) {
          expect([route, code, validate(value), validate.errors]).toEqual([route, code, true, null]);
          expect(value).toMatchObject({ code, status: Number(status) });
        }
      }
    }
  });

  it('says of every route that is not open that it needs a token, and of every write that it may be limited', () => {
    for (const [route, { security, responses }] of operations) {
      const isClosed = security?.some((scheme) => 'bearer' in scheme) ?? false;
      expect([route, '401' in responses]).toEqual([route, isClosed]);
      expect([route, '429' in responses]).toEqual([route, isClosed && !route.startsWith('GET')]);
      expect([route, '403' in responses]).toEqual([route, route.includes(' /admin/')]);
    }
  });

  it('shows the header of the idempotency key where one is taken, and only there', () => {
    const taking = [...operations].filter(([, { parameters }]) =>
      parameters?.some(({ name, in: place }) => place === 'header' && name === 'Idempotency-Key'),
    );

    expect(taking.map(([route]) => route.replace(/\{\w+\}/, '{}')).sort()).toEqual([
      'POST /admin/options/{}/stock',
      'POST /balance/charges',
      'POST /coupons/{}/issue',
      'POST /orders',
      'POST /orders/{}/cancel',
      'POST /payments',
      'POST /payments/{}/refund',
    ]);
  });
});

describe('what is answered on a walk through the shop', () => {
  it('is what the document says, success by success', async () => {
    const walk = new Walk();
    const { admin, nobody } = shopping;
    const { caller } = await shopping.customer(20_000);
    await walk.ask(nobody, 'POST /auth/token', '', { userId: 'kim' });
    const options = [{ name: 'o', price: 1_000, stock: 10 }];
    const product = await walk.ask<Product>(admin, 'POST /admin/products', '', { name: '감귤', options });
    await walk.ask(admin, 'PATCH /admin/products/{}', product.id, { description: '제주' });
    await walk.ask(admin, 'POST /admin/products/{}/options', product.id, options[0]);
    const optionId = product.options[0]!.id;
    await walk.ask(admin, 'PATCH /admin/options/{}', optionId, { price: 2_000 });
    await walk.ask(admin, 'POST /admin/options/{}/stock', optionId, { delta: 5 });
    const coupon = await walk.ask<Coupon>(admin, 'POST /admin/coupons', '', couponTerms());
    for (const path of ['/products', '/coupons', '/products/rank']) await walk.ask(nobody, `GET ${path}`);
    await walk.ask(nobody, 'GET /products/{}', product.id);
    await walk.ask(caller, 'POST /balance/charges', '', { amount: 1_000 });
    await walk.ask(caller, 'POST /coupons/{}/issue', coupon.id);
    const lines = [{ optionId, quantity: 1 }];
    const order = await walk.ask<Order>(caller, 'POST /orders', '', { lines, couponId: coupon.id });
    const other = await walk.ask<Order>(caller, 'POST /orders', '', { lines });
    await walk.ask(caller, 'POST /orders/{}/cancel', other.id);
    const payment = await walk.ask<Payment>(caller, 'POST /payments', '', { orderId: order.id });
    for (const path of ['/orders', '/coupons/mine', '/balance', '/balance/transactions'])
      await walk.ask(caller, `GET ${path}`);
    await walk.ask(caller, 'GET /orders/{}', order.id);
    await walk.ask(admin, 'POST /admin/rankings/refresh');
    await walk.ask(nobody, 'GET /products/rank');
    await walk.ask(caller, 'GET /payments/{}', payment.id);
    await walk.ask(caller, 'POST /payments/{}/refund', payment.id);
    await walk.ask(caller, 'GET /orders/{}', order.id);
    await walk.ask<Page<Delivery>>(admin, 'GET /admin/deliveries');
    await walk.ask(admin, 'GET /admin/audit');
    for (const path of ['/health/live', '/health/ready']) await walk.ask(nobody, `GET ${path}`);

    expect(walk.complaints).toEqual([]);
    expect([...walk.seen].filter((step) => !/ 2\d\d$/.test(step))).toEqual([]);
  });

  it('is what the document says, refusal by refusal', async () => {
    const walk = new Walk();
    const { admin, nobody } = shopping;
    const customer = await shopping.customer(1_000);
    const { caller } = customer;
    const option = await shopping.goods(1, 1_000);
    const coupon = await shopping.coupon({ totalQuantity: 1 });
    await shopping.issue(customer, coupon);
    const payment = await shopping.buy(customer, option);
    await caller.post(`/payments/${payment.id}/refund`);
    const unpaid = await shopping.order(customer, await shopping.goods(1, 5_000));

    for (const route of operations.keys()) {
      await walk.ask(nobody, route, UNKNOWN_ID);
      if (route.includes('/admin/'))
        await walk.ask(caller, route, UNKNOWN_ID, route.startsWith('GET') ? undefined : {});
      await walk.ask(admin, route, '12abc', route.startsWith('GET') ? undefined : { unknown: 1 });
    }
    for (const path of ['/products/{}', '/orders/{}', '/payments/{}'])
      await walk.ask(caller, `GET ${path}`, UNKNOWN_ID);
    await walk.ask(caller, 'POST /balance/charges', '', { amount: 0 });
    await walk.ask(caller, 'POST /balance/charges', '', `{"amount":${'1'.repeat(100_001)}}`);
    await walk.ask(caller, 'POST /coupons/{}/issue', coupon.id);
    await walk.ask(caller, 'POST /orders', '', { lines: [{ optionId: option.id, quantity: 2 }] });
    await walk.ask(caller, 'POST /orders', '', { lines: [{ optionId: UNKNOWN_ID, quantity: 2 }] });
    await walk.ask(caller, 'POST /payments', '', { orderId: unpaid.id });
    await walk.ask(caller, 'POST /payments', '', { orderId: payment.orderId });
    await walk.ask(caller, 'POST /payments/{}/refund', payment.id);
    await walk.ask(caller, 'POST /orders/{}/cancel', payment.orderId);
    await walk.ask(admin, 'POST /admin/options/{}/stock', option.id, { delta: -5 });
    await walk.ask(admin, 'POST /admin/deliveries/{}/retry', UNKNOWN_ID);

    expect(walk.complaints).toEqual([]);
    expect([...walk.seen].filter((step) => / 5\d\d$/.test(step))).toEqual([]);
  });

  it('names the same status for a key that is used again', async () => {
    const { caller } = await shopping.customer();
    await caller.post('/balance/charges', { amount: 1 }, { key: 'k' });

    const reused = await caller.post('/balance/charges', { amount: 2 }, { key: 'k' });

    expect(complaints('POST /balance/charges', reused)).toEqual([]);
  });
});
