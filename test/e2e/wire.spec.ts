import { rawExchange } from '../support/raw-exchange';
import { startShop, type TestShop } from '../support/shop';
import { type Problem, type Transaction, UNKNOWN_ID } from './shapes';
import { type Customer, Shopping } from './shopping';

let shop: TestShop;
let shopping: Shopping;
let customer: Customer;
let token: string;

beforeAll(async () => {
  shop = await startShop();
  shopping = new Shopping(shop.url);
});

beforeEach(async () => {
  customer = await shopping.customer();
  token = await shopping.tokenOf(customer);
});

afterAll(() => shop?.close());

interface Told {
  readonly status: number;
  readonly headers: string;
  readonly body: string;
}

/** Everything that is answered to these bytes. */
async function tell(bytes: string): Promise<Told[]> {
  const told = await rawExchange(shop.url, bytes);
  const answers = told.split(/(?=HTTP\/1\.1 \d{3} )/);
  return answers.filter(Boolean).map(read);
}

function read(answer: string): Told {
  const [headers = '', ...body] = answer.split('\r\n\r\n');
  return { status: Number(headers.split(' ')[1]), headers: headers.toLowerCase(), body: body.join('\r\n\r\n') };
}

function requestOf(line: string, headers: Record<string, string>, body = ''): string {
  const named = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`${line} HTTP/1.1`, ...named, '', body].join('\r\n');
}

function chargeOf(amount: number, target = '/balance/charges', headers: Record<string, string> = {}): string {
  const body = JSON.stringify({ amount });
  return requestOf(
    `POST ${target}`,
    {
      host: 'localhost',
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': String(body.length),
      ...headers,
    },
    body,
  );
}

const LAST = { host: 'localhost', connection: 'close' };

describe('on the wire', () => {
  it.each([
    ['garbage', 'GARBAGE\r\n\r\n'],
    ['headers without end', requestOf('GET /products', { ...LAST, 'x-much': 'x'.repeat(20_000) })],
  ])('a write is answered by what it did, though %s comes after it', async (_, after) => {
    const answers = await tell(chargeOf(1_000) + after);

    expect(answers).toEqual([expect.objectContaining({ status: 201 })]);
    expect(JSON.parse(answers[0]!.body)).toMatchObject<Partial<Transaction>>({ amount: 1_000 });
  });

  it('garbage alone is refused with a problem', async () => {
    const [answer] = await tell('GARBAGE\r\n\r\n');

    expect(answer?.status).toBe(400);
    expect(JSON.parse(answer!.body)).toMatchObject<Partial<Problem>>({ code: 'VALIDATION_FAILED' });
  });

  it('a request without a host is refused with a problem, also where an answer is ready', async () => {
    await shopping.nobody.get('/products');

    const [answer] = await tell(requestOf('GET /products', { connection: 'close' }));

    expect(answer?.status).toBe(400);
    expect(answer?.headers).toMatch(/^x-request-id: /m);
    expect(JSON.parse(answer!.body)).toMatchObject<Partial<Problem>>({
      code: 'VALIDATION_FAILED',
      errors: [{ field: 'Host', message: '필요합니다' }],
    });
  });

  it('an expectation that nobody knows is passed over', async () => {
    const [answer] = await tell(requestOf('GET /products', { ...LAST, expect: 'miracles' }));

    expect(answer?.status).toBe(200);
  });

  it('an address with its host is the same address', async () => {
    const headers = { 'idempotency-key': 'once', connection: 'close' };
    const [first] = await tell(chargeOf(1_000, '/balance/charges', headers));
    const [again] = await tell(chargeOf(1_000, 'http://localhost/balance/charges', headers));
    const [other] = await tell(requestOf('DELETE http://localhost/orders', LAST));

    expect(first?.status).toBe(201);
    expect(again?.headers).toMatch(/^idempotent-replayed: true/m);
    expect(again?.body).toBe(first?.body);
    expect(other?.status).toBe(405);
  });

  it('a body that is empty may be called anything', async () => {
    const { status, body } = await customer.caller.post(`/orders/${UNKNOWN_ID}/cancel`, '', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });

    expect({ status, body }).toMatchObject({ status: 404, body: { code: 'ORDER_NOT_FOUND' } });
  });

  it('who does not come to the end of his headers is let go after ten seconds', async () => {
    const began = performance.now();
    const [answer] = await tell('GET /products HTTP/1.1\r\n');
    const seconds = (performance.now() - began) / 1_000;

    expect(answer?.status).toBe(408);
    expect(seconds).toBeGreaterThan(9);
    expect(seconds).toBeLessThan(16);
  }, 30_000);
});
