import { uuidv7 } from 'uuidv7';
import { encodeCursor } from '../../libs/platform/src/http/cursor';
import type { Caller } from '../support/http';
import { startShop, type TestShop } from '../support/shop';
import type { Page, Product } from './shapes';
import { type Customer, couponTerms, done, Shopping } from './shopping';

let shop: TestShop;
let shopping: Shopping;

beforeAll(async () => {
  shop = await startShop();
  shopping = new Shopping(shop.url);
});

afterAll(() => shop?.close());

type Item = Readonly<Record<string, unknown>>;

/** A list of things of the test's own, and a way to put one more in; `add` tells its name. */
interface List {
  readonly caller: Caller;
  readonly path: string;
  readonly nameOf: (item: Item) => unknown;
  add(): Promise<unknown>;
}

const id = (item: Item): unknown => item.id;

async function rich(): Promise<Customer> {
  return shopping.customer(1_000_000);
}

const NEWEST_FIRST: Record<string, () => Promise<List>> = {
  products: async () => {
    const mark = `표식-${uuidv7()}`;
    const options = [{ name: 'o', price: 1, stock: 1 }];
    const add = async () => (await shopping.product(options, `${mark} ${uuidv7()}`)).id;
    return { caller: shopping.nobody, path: `/products?q=${encodeURIComponent(mark)}`, nameOf: id, add };
  },
  'transactions of a balance': async () => {
    const { caller } = await shopping.customer();
    const charge = () => caller.post<{ transactionId: string }>('/balance/charges', { amount: 1 });
    return {
      caller,
      path: '/balance/transactions?',
      nameOf: id,
      add: async () => (await done(charge(), 201)).transactionId,
    };
  },
  'my coupons': async () => {
    const customer = await shopping.customer();
    const add = async () => (await shopping.issue(customer, await shopping.coupon())).couponId;
    return { caller: customer.caller, path: '/coupons/mine?', nameOf: ({ couponId }) => couponId, add };
  },
  orders: async () => {
    const customer = await shopping.customer();
    const option = await shopping.goods(1_000);
    const add = async () => (await shopping.order(customer, option)).id;
    return { caller: customer.caller, path: '/orders?', nameOf: id, add };
  },
  'deliveries to the data platform': async () => {
    const customer = await rich();
    const option = await shopping.goods(1_000);
    const newest = async () => (await shopping.admin.get<Page<Item>>('/admin/deliveries?limit=1')).body.items[0]?.id;
    const add = async () => {
      await shopping.buy(customer, option);
      return newest();
    };
    return { caller: shopping.admin, path: '/admin/deliveries?', nameOf: id, add };
  },
};

async function pageOf({ caller, path }: List, limit: number, cursor?: string | null): Promise<Page<Item>> {
  const rest = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
  return done(caller.get<Page<Item>>(`${path}&limit=${limit}${rest}`), 200);
}

/** All pages, with something put in between each two. */
async function walk(list: List, limit: number): Promise<{ names: unknown[]; sizes: number[] }> {
  const names: unknown[] = [];
  const sizes: number[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await pageOf(list, limit, cursor);
    names.push(...page.items.map(list.nameOf));
    sizes.push(page.items.length);
    cursor = page.nextCursor;
    await list.add();
    if (sizes.length > 50) throw new Error('the list does not end');
  }
  return { names, sizes };
}

async function filled(list: List, count: number): Promise<unknown[]> {
  const names: unknown[] = [];
  for (let i = 0; i < count; i++) names.push(await list.add());
  return names;
}

describe.each(Object.entries(NEWEST_FIRST))('the list of %s', (_, open) => {
  it('is newest first, and walking it yields each item once while more are being added', async () => {
    const list = await open();
    const added = await filled(list, 11);

    const { names, sizes } = await walk(list, 4);

    const own = names.filter((name) => added.includes(name));
    expect(own).toEqual([...added].reverse());
    expect(new Set(names).size).toBe(names.length);
    expect(sizes.slice(0, 2)).toEqual([4, 4]);
  });

  it('refuses a cursor that was tampered with, and one of another list', async () => {
    const list = await open();
    await filled(list, 2);
    const { nextCursor } = await pageOf(list, 1);
    const [payload, sum] = nextCursor!.split('.');
    const flipped = Buffer.from(payload!, 'base64url').toString().replace(/\d/, '7').replace('"2', '"1');
    const forged = `${Buffer.from(flipped).toString('base64url')}.${sum}`;

    for (const cursor of [forged, `${payload}.`, `${payload}`, `${nextCursor}.${sum}`, `x${nextCursor}`]) {
      const { status, body } = await list.caller.get(`${list.path}&cursor=${encodeURIComponent(cursor)}`);
      expect([cursor, status]).toEqual([cursor, 400]);
      expect(body).toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ field: 'cursor' }] });
    }
    const elsewhere = await shopping.admin.get(`/products?sort=name&cursor=${encodeURIComponent(nextCursor!)}`);
    expect(elsewhere.status).toBe(400);
  });
});

describe.each([
  ['products, the newest first', '/products?', 'products:newest:'],
  ['products by name', '/products?sort=name&', 'products:name:'],
  ['coupons', '/coupons?', 'coupons'],
  ['my coupons', '/coupons/mine?', 'issued-coupons'],
  ['orders', '/orders?', 'orders'],
  ['transactions of a balance', '/balance/transactions?', 'balance-transactions'],
  ['deliveries to the data platform', '/admin/deliveries?', 'deliveries:'],
])('the list of %s', (_, path, list) => {
  const moment = '2026-11-22T14:17:02.364Z';
  const unknownId = uuidv7();
  const noMoments = list === 'products:name:' ? [] : ['now', 'infinity', '2020-01-01', 'yesterday'];

  it.each<[(string | number)[]]>([
    [[]],
    [[moment]],
    [['2020-01-01']],
    [['now\0', unknownId]],
    [['now', 1]],
    [['a'.repeat(401), unknownId]],
    [['infinity', 'x']],
    [[moment, unknownId.replaceAll('-', '')]],
    [[moment, unknownId, 1]],
    [[0]],
    [[1.5]],
    [[2 ** 31]],
    [[1, 1]],
    ...noMoments.map((text): [string[]] => [[text, unknownId]]),
  ])('refuses a cursor that holds %j, well made as it is', async (position) => {
    const cursor = encodeURIComponent(encodeCursor(list, position));

    const { status, body } = await shopping.admin.get(`${path}cursor=${cursor}`);

    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ field: 'cursor' }] });
  });
});

it('the last page says so, also when it is full', async () => {
  const list = await NEWEST_FIRST.orders!();
  await filled(list, 4);

  expect((await pageOf(list, 4)).nextCursor).toBeNull();
  expect((await pageOf(list, 3)).nextCursor).not.toBeNull();
  const { items, nextCursor } = await pageOf(list, 2, (await pageOf(list, 2)).nextCursor);
  expect([items.length, nextCursor]).toEqual([2, null]);
});

it('a page holds 20 without a limit', async () => {
  const { caller } = await shopping.customer();
  await Promise.all(Array.from({ length: 21 }, () => caller.post('/balance/charges', { amount: 1 })));

  const { items, nextCursor } = (await caller.get<Page<Item>>('/balance/transactions')).body;

  expect(items).toHaveLength(20);
  expect(nextCursor).not.toBeNull();
});

it('products by name are walked in the order of their names', async () => {
  const mark = `이름순-${uuidv7()}`;
  const named = async (name: string) =>
    (await shopping.product([{ name: 'o', price: 1, stock: 1 }], `${mark} ${name}`)).name;
  const added = await Promise.all(['c', 'a', 'e', 'b', 'd'].map(named));
  let next = 0;
  const list: List = {
    caller: shopping.nobody,
    path: `/products?sort=name&q=${encodeURIComponent(mark)}`,
    nameOf: ({ name }) => name,
    add: () => named(`0${next++}`),
  };

  const { names } = await walk(list, 2);

  expect(names).toEqual([...added].sort());
});

it('products by name are walked past the longest name that there can be', async () => {
  const mark = uuidv7().slice(-8);
  const longest = `${mark}${'😀'.repeat(200 - mark.length)}`;
  for (const name of [longest, `${mark}😁`]) await shopping.product([{ name: 'o', price: 1, stock: 1 }], name);
  const path = `/products?sort=name&limit=1&q=${encodeURIComponent(mark)}`;

  const first = await done(shopping.nobody.get<Page<Product>>(path), 200);
  const second = await done(shopping.nobody.get<Page<Product>>(`${path}&cursor=${first.nextCursor}`), 200);

  expect([...first.items, ...second.items].map(({ name }) => name)).toEqual([longest, `${mark}😁`]);
});

it('coupons that can be issued are walked once each, those that end first at the front', async () => {
  const end = Date.now() + 3_600_000;
  let next = 0;
  const list: List = {
    caller: shopping.nobody,
    path: '/coupons?',
    nameOf: id,
    add: async () => (await shopping.coupon({ ...couponTerms(), validUntil: new Date(end + next++).toISOString() })).id,
  };
  const added = await filled(list, 9);

  const { names } = await walk(list, 4);

  expect(names.filter((name) => added.includes(name))).toEqual(added);
  expect(new Set(names).size).toBe(names.length);
});

it('a cursor of one caller shows nothing of theirs to another', async () => {
  const [mine, yours] = [await NEWEST_FIRST.orders!(), await NEWEST_FIRST.orders!()];
  const own = await filled(yours, 2);
  await filled(mine, 3);
  const { nextCursor } = await pageOf(mine, 1);

  const { status, body } = await yours.caller.get<Page<Item>>(`/orders?cursor=${encodeURIComponent(nextCursor!)}`);

  const shown = status === 200 ? body.items.map(id) : [];
  expect(shown.filter((order) => !own.includes(order))).toEqual([]);
});
