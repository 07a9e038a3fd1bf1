import { uuidv7 } from 'uuidv7';
import type { Answer, Caller } from '../support/http';
import { startShop, type TestShop } from '../support/shop';
import { type Order, type Page, problem, type Transaction, UNKNOWN_ID } from './shapes';
import { atOnce, Shopping, tally } from './shopping';

let shop: TestShop;
let shopping: Shopping;

beforeAll(async () => {
  shop = await startShop();
  shopping = new Shopping(shop.url);
});

afterAll(() => shop?.close());

const replayed = ({ headers }: Answer): string | null => headers.get('idempotent-replayed');

/** Status and body, to the letter. */
const letters = ({ status, body }: Answer): string => `${status} ${JSON.stringify(body)}`;

async function transactionsOf(caller: Caller): Promise<readonly Transaction[]> {
  return (await caller.get<Page<Transaction>>('/balance/transactions')).body.items;
}

describe('one key, sent 40 times at once', () => {
  it('charges once and answers all alike', async () => {
    const { caller } = await shopping.customer();
    await caller.get('/balance');

    const answers = await atOnce(40, () => caller.post('/balance/charges', { amount: 700 }, { key: 'once' }));

    expect(tally(answers)).toEqual({ '201': 40 });
    expect(new Set(answers.map(letters)).size).toBe(1);
    expect(answers.filter((answer) => replayed(answer) === 'true')).toHaveLength(39);
    expect(await transactionsOf(caller)).toHaveLength(1);
  });

  it('orders once through two instances', async () => {
    const neighbour = await startShop({ databaseUrl: shop.databaseUrl });
    try {
      const customer = await shopping.customer(1);
      const callers = [customer.caller, new Shopping(neighbour.url).as(customer.id)];
      await callers[1]!.get('/balance');
      const option = await shopping.goods(100);
      const lines = [{ optionId: option.id, quantity: 1 }];

      const answers = await atOnce(40, (i) => callers[i % 2]!.post('/orders', { lines }, { key: 'once' }));

      expect(tally(answers)).toEqual({ '201': 40 });
      expect(new Set(answers.map(letters)).size).toBe(1);
      expect(answers.filter((answer) => replayed(answer) === 'true')).toHaveLength(39);
      expect((await customer.caller.get<Page<Order>>('/orders')).body.items).toHaveLength(1);
    } finally {
      await neighbour.close();
    }
  });
});

describe('every request that takes a key', () => {
  const requests: [string, () => Promise<[Caller, path: string, body?: object]>][] = [
    [
      'a charge',
      async () => {
        const { caller } = await shopping.customer();
        return [caller, '/balance/charges', { amount: 100 }];
      },
    ],
    [
      'the issue of a coupon',
      async () => {
        const { caller } = await shopping.customer();
        return [caller, `/coupons/${(await shopping.coupon()).id}/issue`];
      },
    ],
    [
      'an order',
      async () => {
        const { caller } = await shopping.customer();
        return [caller, '/orders', { lines: [{ optionId: (await shopping.goods()).id, quantity: 1 }] }];
      },
    ],
    [
      'a cancellation',
      async () => {
        const customer = await shopping.customer();
        const { id } = await shopping.order(customer, await shopping.goods());
        return [customer.caller, `/orders/${id}/cancel`];
      },
    ],
    [
      'a payment',
      async () => {
        const customer = await shopping.customer(1_000);
        const { id } = await shopping.order(customer, await shopping.goods());
        return [customer.caller, '/payments', { orderId: id }];
      },
    ],
    [
      'a refund',
      async () => {
        const customer = await shopping.customer(1_000);
        const { id } = await shopping.buy(customer, await shopping.goods());
        return [customer.caller, `/payments/${id}/refund`];
      },
    ],
    [
      'a change of stock',
      async () => [shopping.admin, `/admin/options/${(await shopping.goods()).id}/stock`, { delta: 5 }],
    ],
  ];

  it.each(requests)('repeats its first answer: %s', async (_, prepare) => {
    const [caller, path, body] = await prepare();
    const key = uuidv7();

    const first = await caller.post(path, body, { key });
    const second = await caller.post(path, body, { key });

    expect(first.status).toBeLessThan(300);
    expect(replayed(first)).toBeNull();
    expect(letters(second)).toBe(letters(first));
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    expect(replayed(second)).toBe('true');
  });

  it.each(requests)('is done again under another key or refused for its state: %s', async (_, prepare) => {
    const [caller, path, body] = await prepare();

    const first = await caller.post(path, body, { key: uuidv7() });
    const second = await caller.post(path, body, { key: uuidv7() });

    expect(replayed(second)).toBeNull();
    expect(letters(second)).not.toBe(letters(first));
  });
});

describe('a key that was used', () => {
  it('repeats a refusal to the letter, although it would go through by now', async () => {
    const customer = await shopping.customer(1);
    const { id } = await shopping.order(customer, await shopping.goods());
    const pay = (key: string) => customer.caller.post('/payments', { orderId: id }, { key });
    const first = await pay('k1');
    await customer.caller.post('/balance/charges', { amount: 1_000 });

    const again = await pay('k1');

    expect(first.body).toMatchObject(problem(409, 'INSUFFICIENT_BALANCE'));
    expect(letters(again)).toBe(letters(first));
    expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'));
    expect(replayed(again)).toBe('true');
    expect((await pay('k2')).status).toBe(201);
  });

  it('is refused for another body and for another route, and still repeats the first', async () => {
    const { caller } = await shopping.customer();
    const first = await caller.post('/balance/charges', { amount: 100 }, { key: 'k' });

    const otherBody = await caller.post('/balance/charges', { amount: 101 }, { key: 'k' });
    const otherRoute = await caller.post(`/orders/${UNKNOWN_ID}/cancel`, undefined, { key: 'k' });

    expect(otherBody.status).toBe(422);
    expect(otherBody.body).toEqual(problem(422, 'IDEMPOTENCY_KEY_REUSED'));
    expect(otherRoute.body).toEqual(problem(422, 'IDEMPOTENCY_KEY_REUSED'));
    expect(letters(await caller.post('/balance/charges', { amount: 100 }, { key: 'k' }))).toBe(letters(first));
    expect(await transactionsOf(caller)).toHaveLength(1);
  });

  it('is refused for another path with the same body', async () => {
    const customer = await shopping.customer();
    const [first, second] = await atOnce(2, async () => shopping.order(customer, await shopping.goods()));
    await customer.caller.post(`/orders/${first!.id}/cancel`, undefined, { key: 'k' });

    const { body } = await customer.caller.post(`/orders/${second!.id}/cancel`, undefined, { key: 'k' });

    expect(body).toEqual(problem(422, 'IDEMPOTENCY_KEY_REUSED'));
    expect((await customer.caller.get<Order>(`/orders/${second!.id}`)).body.status).toBe('PENDING_PAYMENT');
  });

  it('means nothing to another caller', async () => {
    const [kim, lee] = [await shopping.customer(), await shopping.customer()];

    const answers = await Promise.all(
      [kim, lee].map(({ caller }) => caller.post('/balance/charges', { amount: 100 }, { key: 'shared' })),
    );

    expect(tally(answers)).toEqual({ '201': 2 });
    expect(answers.map(replayed)).toEqual([null, null]);
  });

  it('is the same with its JSON members in another order and white space between them', async () => {
    const customer = await shopping.customer();
    const { id } = await shopping.goods();

    const first = await customer.caller.post('/orders', `{"lines":[{"optionId":"${id}","quantity":1}]}`, { key: 'k' });
    const again = await customer.caller.post('/orders', `{ "lines": [ {"quantity": 1, "optionId": "${id}"} ] }`, {
      key: 'k',
    });

    expect(first.status).toBe(201);
    expect(letters(again)).toBe(letters(first));
  });
});

describe('a key stays free', () => {
  it('after a malformed request', async () => {
    const { caller } = await shopping.customer();

    expect((await caller.post('/balance/charges', { amount: '100' }, { key: 'k' })).status).toBe(400);
    expect((await caller.post('/balance/charges', { amount: 0 }, { key: 'k' })).status).toBe(400);
    const good = await caller.post('/balance/charges', { amount: 100 }, { key: 'k' });

    expect(good.status).toBe(201);
    expect(replayed(good)).toBeNull();
  });

  it('after a request without a good token', async () => {
    const { caller } = await shopping.customer();
    const headers = { authorization: 'Bearer not.a.token' };

    expect((await caller.post('/balance/charges', { amount: 100 }, { key: 'k', headers })).status).toBe(401);
    const good = await caller.post('/balance/charges', { amount: 100 }, { key: 'k' });

    expect(good.status).toBe(201);
    expect(replayed(good)).toBeNull();
  });
});

describe('the key itself', () => {
  it.each([
    ['too long', 'k'.repeat(256)],
    ['empty', ''],
    ['empty in quotes', '""'],
    ['not ASCII', 'caf\u00e9'],
  ])('is refused when it is %s', async (_, key) => {
    const { caller } = await shopping.customer();

    const { status, body } = await caller.post('/balance/charges', { amount: 100 }, { key });

    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ field: 'Idempotency-Key' }] });
    expect(await transactionsOf(caller)).toEqual([]);
  });

  it.each(['k', 'k'.repeat(255), '~!@#$%^&*() with spaces'])('may be %s', async (key) => {
    const { caller } = await shopping.customer();

    expect((await caller.post('/balance/charges', { amount: 100 }, { key })).status).toBe(201);
  });

  it('is the same quoted and bare', async () => {
    const { caller } = await shopping.customer();

    const first = await caller.post('/balance/charges', { amount: 100 }, { key: '"quoted"' });
    const again = await caller.post('/balance/charges', { amount: 100 }, { key: 'quoted' });

    expect(letters(again)).toBe(letters(first));
    expect(replayed(again)).toBe('true');
  });
});
