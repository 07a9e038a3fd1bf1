import { ProductNotFoundException, ProductOptionNotFoundException, type StockRoom } from '@app/product';
import { Money, type UnitOfWork } from '@app/shared';
import { uuidv7 } from 'uuidv7';
import type { ProductRepository } from '../../libs/product/src/application/ports/product.repository';
import type { ProductCatalog } from '../../libs/product/src/application/ports/product-catalog';
import type { ListProducts, ProductReader } from '../../libs/product/src/application/ports/product-reader';
import { viewOf } from '../../libs/product/src/application/product-view';
import { Product } from '../../libs/product/src/domain/product';

export interface ProductStore {
  readonly products: ProductRepository;
  readonly stock: StockRoom;
  readonly reader: ProductReader;
  readonly catalog: ProductCatalog;
  readonly unitOfWork: UnitOfWork;
}

/** What every store of products promises; `open` gives an empty one. */
export function itKeepsProducts(open: () => ProductStore | Promise<ProductStore>): void {
  const at = new Date('2026-11-22T03:00:00.123Z');
  let store: ProductStore;

  beforeEach(async () => {
    store = await open();
  });

  function option(price = 1_000, stock = 10) {
    return { id: uuidv7(), name: `옵션 ${price}`, price: Money.of(price), stock, movementId: uuidv7() };
  }

  async function add(name: string, { createdAt = at, options = [option()] } = {}): Promise<Product> {
    const product = Product.create({ id: uuidv7(), name, description: '', createdAt }, options);
    await store.unitOfWork.run(() => store.products.addAll([product]));
    return product;
  }

  /** All pages, and how many there were. */
  async function walk(request: ListProducts): Promise<string[][]> {
    const pages: string[][] = [];
    for (let cursor: string | undefined; ; ) {
      const { items, nextCursor } = await store.reader.list({ ...request, cursor });
      pages.push(items.map(({ name }) => name));
      if (nextCursor === null) return pages;
      cursor = nextCursor;
    }
  }

  describe('products', () => {
    it('come back as they were added', async () => {
      const product = await add('무선 키보드', { options: [option(2_000), option(1_000, 0)] });

      const locked = await store.unitOfWork.run(() => store.products.lock(product.id));
      const byOption = await store.unitOfWork.run(() => store.products.lockByOption(product.options[1]!.id));

      expect(viewOf(locked)).toEqual(viewOf(product));
      expect(viewOf(byOption)).toEqual(viewOf(product));
      expect(await store.reader.find(product.id)).toEqual(viewOf(product));
    });

    it('that do not exist are refused', async () => {
      const id = uuidv7();

      await expect(store.unitOfWork.run(() => store.products.lock(id))).rejects.toThrow(ProductNotFoundException);
      await expect(store.unitOfWork.run(() => store.products.lockByOption(id))).rejects.toThrow(
        ProductOptionNotFoundException,
      );
      expect(await store.reader.find(id)).toBeNull();
    });

    it('keep what is changed and added, and the stock as it is', async () => {
      const [first, second] = [option(), option()];
      const { id } = await add('무선 키보드', { options: [first, second] });
      await store.unitOfWork.run(async () => {
        const options = await store.stock.lockAll([first.id]);
        options.get(first.id)!.reserve(4);
        await store.stock.saveAll(options.values());
      });

      const changed = await store.unitOfWork.run(async () => {
        const product = await store.products.lock(id);
        product.change({ name: '유선 키보드', onSale: false });
        product.changeOption(first.id, { price: Money.of(5) });
        product.addOption(option(7, 3), at);
        await store.products.save(product);
        return viewOf(product);
      });

      expect(await store.reader.find(id)).toEqual(changed);
      expect(changed.options.map(({ price, stock }) => [price, stock])).toEqual([
        [5, 6],
        [1_000, 10],
        [7, 3],
      ]);
    });
  });

  describe('stock', () => {
    it('is locked by option id; ids that name none are not in it', async () => {
      const [a, b] = [option(1, 5), option(2, 6)];
      const product = await add('무선 키보드', { options: [a, b] });

      const locked = await store.unitOfWork.run(() => store.stock.lockAll([b.id, uuidv7(), a.id, b.id]));

      expect([...locked.keys()]).toEqual([a.id, b.id]);
      expect(locked.get(b.id)).toMatchObject({
        id: b.id,
        productId: product.id,
        productName: '무선 키보드',
        name: b.name,
        price: Money.of(2),
        onSale: true,
        onHand: 6,
        reserved: 0,
      });
      expect((await store.unitOfWork.run(() => store.stock.lockAll([]))).size).toBe(0);
    });

    it('follows its product off the shelf', async () => {
      const only = option();
      const { id } = await add('무선 키보드', { options: [only] });
      await store.unitOfWork.run(async () => {
        const product = await store.products.lock(id);
        product.change({ onSale: false });
        await store.products.save(product);
      });

      const locked = await store.unitOfWork.run(() => store.stock.lockAll([only.id]));

      expect(locked.get(only.id)!.onSale).toBe(false);
    });

    it('keeps reservations, sales and returns', async () => {
      const only = option(1, 10);
      const { id } = await add('무선 키보드', { options: [only] });
      const orderId = uuidv7();

      for (const act of ['reserve', 'sell', 'takeBack'] as const) {
        await store.unitOfWork.run(async () => {
          const options = await store.stock.lockAll([only.id]);
          const quantity = act === 'takeBack' ? 1 : 3;
          options.get(only.id)![act](quantity, { movementId: uuidv7(), orderId, at });
          await store.stock.saveAll(options.values());
        });
      }

      const locked = await store.unitOfWork.run(() => store.stock.lockAll([only.id]));
      expect(locked.get(only.id)).toMatchObject({ onHand: 8, reserved: 0 });
      expect((await store.reader.find(id))!.options[0]!.stock).toBe(8);
    });
  });

  describe('lists', () => {
    const moment = (second: number) => ({ createdAt: new Date(at.getTime() + second * 1_000) });

    it('are newest first, the later id first within a moment, in pages that neither repeat nor skip', async () => {
      for (const [name, second] of [
        ['a', 1],
        ['b', 3],
        ['c', 2],
        ['d', 3],
        ['e', 3],
      ] as const) {
        await add(name, moment(second));
      }

      expect(await walk({ sort: 'newest', limit: 2 })).toEqual([['e', 'd'], ['b', 'c'], ['a']]);
    });

    it('are by name, and by id within a name', async () => {
      for (const name of ['c', 'b', 'd', 'b', 'a']) await add(name);

      expect(await walk({ sort: 'name', limit: 2 })).toEqual([['a', 'b'], ['b', 'c'], ['d']]);
    });

    it('say nothing of more when the last page is full', async () => {
      for (const name of ['a', 'b']) await add(name);

      expect(await walk({ sort: 'name', limit: 2 })).toEqual([['a', 'b']]);
    });

    it('hold only what is on sale', async () => {
      await add('shown');
      const { id } = await add('hidden');
      await store.unitOfWork.run(async () => {
        const product = await store.products.lock(id);
        product.change({ onSale: false });
        await store.products.save(product);
      });

      expect(await walk({ sort: 'newest', limit: 20 })).toEqual([['shown']]);
    });

    it.each([
      ['KEY', ['a key_board', 'keyboard 100%']],
      ['_', ['a key_board']],
      ['%', ['keyboard 100%']],
      ['\\', ['\\ mouse']],
      ['우스', ['마우스']],
      ['key%', []],
    ])('hold what has %p in its name, to the letter', async (q, names) => {
      for (const name of ['keyboard 100%', 'a key_board', '\\ mouse', '마우스']) await add(name);

      expect((await walk({ sort: 'name', limit: 1, q })).flat()).toEqual(names);
    });
  });

  it('sums products up by their cheapest option', async () => {
    const { id } = await add('무선 키보드', { options: [option(3_000), option(1_000), option(2_000)] });

    expect([...(await store.catalog.summariesOf([id, uuidv7()]))]).toEqual([
      [id, { productId: id, name: '무선 키보드', price: 1_000 }],
    ]);
  });
}
