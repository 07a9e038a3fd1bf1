import { startShop, type TestShop } from '../support/shop';
import { type Page, problem, type Transaction } from './shapes';
import { atOnce, Shopping, tally } from './shopping';

let shop: TestShop;
let shopping: Shopping;

beforeAll(async () => {
  shop = await startShop({ RATE_LIMIT: 'on' });
  shopping = new Shopping(shop.url);
});

afterAll(() => shop?.close());

it('a caller who writes more than 100 times in a burst is told to wait, and nobody else is', async () => {
  const [eager, calm] = [await shopping.customer(), await shopping.customer()];

  const answers = await atOnce(130, () => eager.caller.post('/balance/charges', { amount: 1 }));

  expect(tally(answers)).toEqual({ '201': 100, '429 RATE_LIMITED': 30 });
  for (const { headers, body } of answers.filter(({ status }) => status === 429)) {
    expect(body).toEqual(problem(429, 'RATE_LIMITED', '요청이 너무 많습니다'));
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(10);
  }
  expect(await shopping.balanceOf(eager)).toBe(100);
  const { items } = (await eager.caller.get<Page<Transaction>>('/balance/transactions?limit=100')).body;
  expect(items).toHaveLength(100);
  expect((await calm.caller.post('/balance/charges', { amount: 1 })).status).toBe(201);
});

it('reading is not counted', async () => {
  const { caller } = await shopping.customer();

  expect(tally(await atOnce(150, () => caller.get('/balance')))).toEqual({ '200': 150 });
});
