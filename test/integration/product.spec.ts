import { encodeCursor } from '@app/platform';
import {
  OutOfStockException,
  ProductService,
  type ProductView,
  StockBelowReservedException,
  type StockedOption,
} from '@app/product';
import { Money } from '@app/shared';
import { uuidv7 } from 'uuidv7';
import { CachedProductReader } from '../../libs/product/src/adapters/persistence/cached-product-reader';
import { ProductRow } from '../../libs/product/src/adapters/persistence/product.row';
import { ProductMemory } from '../../libs/product/src/adapters/persistence/product-memory';
import { ProductOptionRow } from '../../libs/product/src/adapters/persistence/product-option.row';
import { SqlProductReader } from '../../libs/product/src/adapters/persistence/sql-product-reader';
import { TypeOrmProductRepository } from '../../libs/product/src/adapters/persistence/typeorm-product.repository';
import { TypeOrmStockRoom } from '../../libs/product/src/adapters/persistence/typeorm-stock-room';
import { openDatabase, type TestDatabase, times } from '../support/database';

let database: TestDatabase;
let stock: TypeOrmStockRoom;
let service: ProductService;

beforeAll(async () => {
  database = await openDatabase([ProductRow, ProductOptionRow]);
});

beforeEach(() => {
  ({ stock, service } = instance());
});

afterAll(() => database?.close());

/** The product module as one instance has it: with a memory of its own. */
function instance() {
  const { unitOfWork, clock } = database;
  const memory = new ProductMemory(unitOfWork);
  const reader = new CachedProductReader(new SqlProductReader(unitOfWork), memory, unitOfWork);
  const stock = new TypeOrmStockRoom(unitOfWork, memory);
  const products = new TypeOrmProductRepository(unitOfWork, memory);
  return { stock, service: new ProductService(products, reader, stock, unitOfWork, clock, database.lanes()) };
}

function create(name: string, ...stocks: number[]): Promise<ProductView> {
  const options = stocks.map((count, i) => ({ name: `${i}`, price: Money.of(1_000), stock: count }));
  return service.create({ name, description: '', options });
}

/** A name that no other test looks for. */
const word = () => `상품 ${uuidv7()}`;

function change(optionIds: readonly string[], act: (option: StockedOption) => void): Promise<void> {
  return database.unitOfWork.run(async () => {
    const options = await stock.lockAll(optionIds);
    for (const option of options.values()) act(option);
    await stock.saveAll(options.values());
  });
}

async function stored(optionId: string): Promise<{ onHand: number; reserved: number; moved: number }> {
  const [row] = await database.unitOfWork.query<{ onHand: number; reserved: number; moved: number }>(
    `SELECT on_hand AS "onHand", reserved,
            (SELECT sum(quantity) FROM stock_movement WHERE option_id = o.id) AS moved
       FROM product_option o WHERE id = $1`,
    [optionId],
  );
  return row!;
}

function count(outcomes: readonly PromiseSettledResult<unknown>[], refusal?: new (...args: never[]) => Error): number {
  return outcomes.filter((outcome) =>
    refusal ? outcome.status === 'rejected' && outcome.reason instanceof refusal : outcome.status === 'fulfilled',
  ).length;
}

describe('stock that everybody wants', () => {
  it('of 20 goes to exactly 20 of 50 who reserve at once, and the ledger adds up when they pay', async () => {
    const optionId = (await create(word(), 20)).options[0]!.id;

    const outcomes = await times(50, () => change([optionId], (option) => option.reserve(1)));

    expect([count(outcomes), count(outcomes, OutOfStockException)]).toEqual([20, 30]);
    expect(await stored(optionId)).toEqual({ onHand: 20, reserved: 20, moved: 20 });

    const at = new Date();
    const paid = await times(20, () =>
      change([optionId], (option) => option.sell(1, { movementId: uuidv7(), orderId: uuidv7(), at })),
    );
    expect(count(paid)).toBe(20);
    expect(await stored(optionId)).toEqual({ onHand: 0, reserved: 0, moved: 0 });
  });

  it('never deadlocks units of work that name the same options in opposite order', async () => {
    const ids = (await create(word(), 1_000, 1_000, 1_000, 1_000)).options.map(({ id }) => id);
    const reversed = [...ids].reverse();

    for (let round = 0; round < 20; round++) {
      const outcomes = await times(10, (i) => change(i % 2 === 0 ? ids : reversed, (option) => option.reserve(1)));
      expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
    }

    for (const id of ids) expect(await stored(id)).toEqual({ onHand: 1_000, reserved: 200, moved: 1_000 });
  });

  it('is never taken from under a reservation, whoever comes first', async () => {
    const optionId = (await create(word(), 30)).options[0]!.id;

    const [reserved, taken] = await Promise.all([
      times(30, () => change([optionId], (option) => option.reserve(1))),
      times(30, () => service.changeStock({ userId: 'admin', optionId, delta: -1 })),
    ]);

    expect(count(reserved) + count(reserved, OutOfStockException)).toBe(30);
    expect(count(taken) + count(taken, StockBelowReservedException)).toBe(30);
    expect(count(reserved) + count(taken)).toBe(30);
    const onHand = 30 - count(taken);
    expect(await stored(optionId)).toEqual({ onHand, reserved: count(reserved), moved: onHand });
  });

  it('lets a price change and reservations pass each other without losing either', async () => {
    const optionId = (await create(word(), 100)).options[0]!.id;

    const [reserved, priced] = await Promise.all([
      times(30, () => change([optionId], (option) => option.reserve(1))),
      times(10, (i) => service.changeOption(optionId, { price: Money.of(2_000 + i) })),
    ]);

    expect([count(reserved), count(priced)]).toEqual([30, 10]);
    expect(await stored(optionId)).toEqual({ onHand: 100, reserved: 30, moved: 100 });
  });

  it('can be restocked by many at once in one batch', async () => {
    const optionId = (await create(word(), 0)).options[0]!.id;

    const outcomes = await times(50, () => service.changeStock({ userId: 'admin', optionId, delta: 2 }));

    const stocks = outcomes.map((outcome) => outcome.status === 'fulfilled' && outcome.value.stock);
    expect(stocks).toEqual(Array.from({ length: 50 }, (_, i) => 2 * (i + 1)));
    expect(await stored(optionId)).toEqual({ onHand: 100, reserved: 0, moved: 100 });
  });

  it.each(['UPDATE stock_movement SET quantity = 1', 'DELETE FROM stock_movement', 'TRUNCATE stock_movement'])(
    'has a ledger that refuses %p',
    async (statement) => {
      await create(word(), 3);

      await expect(database.unitOfWork.query(statement)).rejects.toThrow(/append-only/);
    },
  );
});

describe('products', () => {
  it('have 50 options at most, however many are added at once', async () => {
    const { id } = await create(word(), ...Array.from({ length: 45 }, () => 1));

    const outcomes = await times(10, (i) => service.addOption(id, { name: `새 ${i}`, price: Money.of(1), stock: 1 }));

    expect(count(outcomes)).toBe(5);
    expect((await service.get(id)).options).toHaveLength(50);
  });

  it('keep their place in pages while others are added', async () => {
    const q = word();
    const names = Array.from({ length: 5 }, (_, i) => `${q} ${i}`);
    for (const name of names) await create(name, 1);

    const seen: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const { items, nextCursor } = await service.list({ sort: 'newest', limit: 2, q, cursor });
      seen.push(...items.map(({ name }) => name));
      await create(`${q} 새 상품`, 1);
      if (nextCursor === null) break;
      cursor = nextCursor;
    }

    expect(seen).toEqual([...names].reverse());
  });

  it.each([
    ['of another order', async (q: string) => (await service.list({ sort: 'name', limit: 1, q })).nextCursor!],
    ['of another search', async () => (await service.list({ sort: 'newest', limit: 1 })).nextCursor!],
    ['that is none', async () => 'cursor'],
  ])('refuse a cursor %s', async (_, cursorFor) => {
    const q = word();
    for (const name of ['a', 'b']) await create(`${q} ${name}`, 1);

    const cursor = await cursorFor(q);

    await expect(service.list({ sort: 'newest', limit: 1, q, cursor })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
  });

  it.each([
    ['newest', ['yesterday', uuidv7()]],
    ['newest', ['2026-11-22T03:00:00.000Z', 'x']],
    ['newest', [1, 2]],
    ['name', ['\0', uuidv7()]],
    ['name', []],
  ] as const)('refuse a cursor for %s that holds %j, well made as it is', async (sort, position) => {
    const cursor = encodeCursor(`products:${sort}:`, position);

    await expect(service.list({ sort, limit: 1, cursor })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });
});

describe('what an instance remembers', () => {
  it('is one statement for many who look at the same page', async () => {
    const q = word();
    await create(q, 1);
    const query = jest.spyOn(database.unitOfWork, 'query');

    const pages = await times(100, () => service.list({ sort: 'newest', limit: 5, q }));

    expect(count(pages)).toBe(100);
    expect(query).toHaveBeenCalledTimes(1);
    query.mockRestore();
  });

  it('shows its own writes at once', async () => {
    const q = word();
    const { id, options } = await create(q, 5);
    const optionId = options[0]!.id;
    const look = async () => {
      const [listed] = (await service.list({ sort: 'newest', limit: 5, q })).items;
      expect(await service.get(id)).toEqual(listed);
      return listed!;
    };
    await look();

    await change([optionId], (option) => option.reserve(2));
    expect((await look()).options[0]!.stock).toBe(3);

    await service.changeStock({ userId: 'admin', optionId, delta: 4 });
    expect((await look()).options[0]!.stock).toBe(7);

    await service.changeOption(optionId, { price: Money.of(9) });
    expect((await look()).options[0]!.price).toBe(9);

    await service.addOption(id, { name: '새 옵션', price: Money.of(1), stock: 1 });
    expect((await look()).options).toHaveLength(2);

    await service.change(id, { onSale: false });
    expect((await service.list({ sort: 'newest', limit: 5, q })).items).toEqual([]);
  });

  it('is not touched by what is rolled back, nor shown what is not committed', async () => {
    const q = word();
    const { id, options } = await create(q, 5);
    const before = await service.get(id);

    const failing = database.unitOfWork.run(async () => {
      await change([options[0]!.id], (option) => option.reserve(2));
      expect((await service.get(id)).options[0]!.stock).toBe(3);
      throw new Error('no');
    });

    await expect(failing).rejects.toThrow('no');
    expect(await service.get(id)).toEqual(before);
  });
});
