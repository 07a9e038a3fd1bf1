import {
  type CreateProduct,
  ProductNotFoundException,
  ProductOptionNotFoundException,
  ProductService,
  StockBelowReservedException,
} from '@app/product';
import { Money } from '@app/shared';
import { OptionCountOutOfRangeException } from '../../../libs/product/src/domain/product.exceptions';
import { ImmediateLanes } from '../../support/fakes/immediate-lanes';
import { ImmediateUnitOfWork } from '../../support/fakes/immediate-unit-of-work';
import { InMemoryProductRepository } from '../../support/fakes/in-memory-product.repository';
import { InMemoryProductReader } from '../../support/fakes/in-memory-product-reader';
import { InMemoryStockRoom } from '../../support/fakes/in-memory-stock-room';
import { SetClock } from '../../support/fakes/set-clock';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const nobody = '019a9f7e-0000-7000-8000-000000000000';
const userId = 'admin';

let memory: InMemoryProductRepository;
let stock: InMemoryStockRoom;
let service: ProductService;

beforeEach(() => {
  memory = new InMemoryProductRepository();
  stock = new InMemoryStockRoom(memory);
  service = new ProductService(
    memory,
    new InMemoryProductReader(memory),
    stock,
    new ImmediateUnitOfWork(),
    new SetClock(),
    new ImmediateLanes(),
  );
});

function option(name: string, won = 1_000, count = 10) {
  return { name, price: Money.of(won), stock: count };
}

function keyboard(options = [option('적축', 129_000, 10), option('청축', 119_000, 0)]): CreateProduct {
  return { name: '무선 키보드', description: '조용합니다', options };
}

async function reserve(optionId: string, quantity: number): Promise<void> {
  const options = await stock.lockAll([optionId]);
  options.get(optionId)!.reserve(quantity);
  await stock.saveAll(options.values());
}

describe('creating a product', () => {
  it('lists it at once, with ids of its own, and opens the stock ledger of each option', async () => {
    const created = await service.create(keyboard());

    expect(created).toEqual({
      id: expect.stringMatching(UUID_V7),
      name: '무선 키보드',
      description: '조용합니다',
      onSale: true,
      options: [
        { id: expect.stringMatching(UUID_V7), productId: created.id, name: '적축', price: 129_000, stock: 10 },
        { id: expect.stringMatching(UUID_V7), productId: created.id, name: '청축', price: 119_000, stock: 0 },
      ],
      createdAt: '2026-11-22T03:00:00.000Z',
    });
    expect(await service.get(created.id)).toEqual(created);
    expect(
      memory.movements.map(({ optionId, kind, quantity, orderId }) => [optionId, kind, quantity, orderId]),
    ).toEqual([
      [created.options[0]!.id, 'INITIAL', 10, null],
      [created.options[1]!.id, 'INITIAL', 0, null],
    ]);
  });

  it.each([0, 51])('refuses %i options and leaves no trace', async (count) => {
    const options = Array.from({ length: count }, (_, i) => option(`${i}`));

    await expect(service.create(keyboard(options))).rejects.toThrow(OptionCountOutOfRangeException);
    expect(memory.products.size).toBe(0);
  });
});

describe('reading products', () => {
  it('lists what is on sale, and finds what is not by its id', async () => {
    const shown = await service.create(keyboard());
    const hidden = await service.create(keyboard());
    await service.change(hidden.id, { onSale: false });

    expect(await service.list({ limit: 20, sort: 'newest' })).toEqual({ items: [shown], nextCursor: null });
    expect(await service.get(hidden.id)).toEqual({ ...hidden, onSale: false });
  });

  it('refuses an id that names no product', async () => {
    await expect(service.get(nobody)).rejects.toThrow(ProductNotFoundException);
  });
});

describe('changing a product', () => {
  it.each([{ name: '유선 키보드' }, { description: '' }, { onSale: false }])(
    'changes %j and nothing else',
    async (change) => {
      const created = await service.create(keyboard());

      expect(await service.change(created.id, change)).toEqual({ ...created, ...change });
      expect(await service.get(created.id)).toEqual({ ...created, ...change });
    },
  );

  it('refuses an id that names no product', async () => {
    await expect(service.change(nobody, { name: '없음' })).rejects.toThrow(ProductNotFoundException);
  });
});

describe('options', () => {
  it('are added with their first stock', async () => {
    const created = await service.create(keyboard());

    const added = await service.addOption(created.id, option('갈축', 0, 7));

    expect(added).toMatchObject({ productId: created.id, name: '갈축', price: 0, stock: 7 });
    expect((await service.get(created.id)).options).toEqual([...created.options, added]);
    expect(memory.movements.at(-1)).toMatchObject({ optionId: added.id, kind: 'INITIAL', quantity: 7 });
  });

  it('number 50 at most', async () => {
    const created = await service.create(keyboard(Array.from({ length: 49 }, (_, i) => option(`${i}`))));
    await service.addOption(created.id, option('50'));

    await expect(service.addOption(created.id, option('51'))).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      errors: [{ field: 'options', message: { ko: '상품의 옵션은 1~50개여야 합니다' } }],
    });
    expect(memory.options.size).toBe(50);
    expect(memory.movements).toHaveLength(50);
  });

  it.each<[object, object]>([
    [{ name: '저소음 적축' }, { name: '저소음 적축' }],
    [{ price: Money.of(0) }, { price: 0 }],
  ])('change %j and keep the rest, the stock too', async (change, seen) => {
    const created = await service.create(keyboard());
    const [first, second] = created.options;
    await reserve(first!.id, 4);

    expect(await service.changeOption(first!.id, change)).toEqual({ ...first, ...seen, stock: 6 });
    expect((await service.get(created.id)).options).toEqual([{ ...first, ...seen, stock: 6 }, second]);
  });

  it('that do not exist cannot be changed', async () => {
    await expect(service.changeOption(nobody, { name: '없음' })).rejects.toThrow(ProductOptionNotFoundException);
  });

  it('cannot be added to a product that does not exist', async () => {
    await expect(service.addOption(nobody, option('없음'))).rejects.toThrow(ProductNotFoundException);
  });
});

describe('changing stock', () => {
  it('adds and takes away, and answers what can still be ordered', async () => {
    const [first] = (await service.create(keyboard())).options;
    const optionId = first!.id;
    await reserve(optionId, 4);

    expect(await service.changeStock({ userId, optionId, delta: 5 })).toEqual({ ...first, stock: 11 });
    expect(await service.changeStock({ userId, optionId, delta: -11 })).toEqual({ ...first, stock: 0 });
    expect(
      memory.movements.filter((movement) => movement.optionId === optionId).map(({ quantity }) => quantity),
    ).toEqual([10, 5, -11]);
  });

  it('never goes below what orders have reserved', async () => {
    const [first] = (await service.create(keyboard())).options;
    await reserve(first!.id, 4);

    await expect(service.changeStock({ userId, optionId: first!.id, delta: -7 })).rejects.toThrow(
      StockBelowReservedException,
    );
    expect(memory.options.get(first!.id)).toMatchObject({ onHand: 10, reserved: 4 });
  });

  it('refuses an id that names no option', async () => {
    await expect(service.changeStock({ userId, optionId: nobody, delta: 1 })).rejects.toThrow(
      ProductOptionNotFoundException,
    );
  });
});
