import { Client } from 'pg';
import { eventually } from '../support/eventually';
import { rawExchange } from '../support/raw-exchange';
import { startShop, type TestShop } from '../support/shop';
import type { Payment, Problem } from './shapes';
import { atOnce, Shopping } from './shopping';

jest.setTimeout(90_000);

/** More than are never too many, on few connections: what it costs to ask is not what this is about. */
const CONNECTIONS = 10;
const AT_ONCE_ON_EACH = 100;

let shop: TestShop;
let others: Client;

beforeAll(async () => {
  shop = await startShop({ LOAD_SHEDDING: 'on' });
  others = new Client({ connectionString: shop.databaseUrl });
  await others.connect();
});

afterAll(async () => {
  await others?.end();
  await shop?.close();
});

const LAST = 'GET /health/live HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n\r\n';

function chargeOf(token: string): string {
  const head = `host: shop\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json`;
  return `POST /balance/charges HTTP/1.1\r\n${head}\r\ncontent-length: 12\r\n\r\n{"amount":1}`;
}

it('while nothing is answered reads are refused, and payments go through', async () => {
  const shopping = new Shopping(shop.url);
  const [stuck, buyer] = [await shopping.customer(1), await shopping.customer(10_000)];
  const order = await shopping.order(buyer, await shopping.goods());
  await shopping.nobody.get('/products');
  const token = await shopping.tokenOf(stuck);
  await others.query('BEGIN');
  await others.query('SELECT FROM balance WHERE user_id = $1 FOR UPDATE', [stuck.id]);
  let isOver = false;
  const crowd = atOnce(CONNECTIONS, async () => {
    while (!isOver) {
      await rawExchange(shop.url, `${chargeOf(token).repeat(AT_ONCE_ON_EACH)}${LAST}`);
    }
  });
  try {
    const [read, payment] = await eventually(
      () =>
        Promise.all([
          buyer.caller.get<Problem>('/balance'),
          buyer.caller.post<Payment>('/payments', { orderId: order.id }, { key: 'pay' }),
        ]),
      // Before it has learned how long answers take, the database itself may be too slow for a read.
      ([{ body }, { status }]) => body.code === 'OVERLOADED' && status !== 503,
      40_000,
    );

    expect([read.status, read.headers.get('retry-after')]).toEqual([503, '1']);
    expect(payment).toMatchObject({ status: 201, body: { status: 'PAID' } });
    // Ready for everybody, which costs no more than a refusal. The payment has moved stock: one asks for it anew.
    await eventually(
      () => shopping.nobody.get('/products'),
      ({ status }) => status === 200,
    );
    const { status, body } = await shopping.nobody.get<string>('/metrics');
    expect(status).toBe(200);
    expect(body).toMatch(/^shop_requests_shed_total\{class="read"\} [1-9]/m);
  } finally {
    isOver = true;
    await others.query('COMMIT');
    await crowd;
  }
  await eventually(
    () => buyer.caller.get('/balance'),
    ({ status }) => status === 200,
  );
});
