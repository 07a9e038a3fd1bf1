import {
  OutOfStockException,
  ProductNotOnSaleException,
  ProductOptionNotFoundException,
  StockedOption,
} from '@app/product';
import { Money } from '@app/shared';
import fc from 'fast-check';
import { mergeItems, takeFromStock } from '../../../libs/order/src/application/ordered-items';

type Stored = Parameters<typeof StockedOption.restore>[0];

function options(...stored: (Partial<Stored> & { id: string })[]): Map<string, StockedOption> {
  const base = { productId: 'p', productName: '제주 감귤', name: '5kg', price: Money.of(100), onSale: true };
  return new Map(stored.map((one) => [one.id, StockedOption.restore({ ...base, onHand: 10, reserved: 0, ...one })]));
}

function reservedOf(shelf: ReadonlyMap<string, StockedOption>): number[] {
  return [...shelf.values()].map(({ reserved }) => reserved);
}

describe('adding up items', () => {
  it('adds up an option that is named twice, at the place of its first mention', () => {
    const items = [
      { optionId: 'b', quantity: 1 },
      { optionId: 'a', quantity: 2 },
      { optionId: 'b', quantity: 3 },
    ];

    expect(mergeItems(items)).toEqual([
      { optionId: 'b', quantity: 4 },
      { optionId: 'a', quantity: 2 },
    ]);
  });

  it('loses nothing and names each option once', () => {
    const item = fc.record({
      optionId: fc.constantFrom('a', 'b', 'c', 'd'),
      quantity: fc.integer({ min: 1, max: 1_000 }),
    });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 50 }), (items) => {
        const merged = mergeItems(items);

        expect(new Set(merged.map(({ optionId }) => optionId)).size).toBe(merged.length);
        for (const { optionId, quantity } of merged) {
          const asked = items.filter((one) => one.optionId === optionId).reduce((sum, one) => sum + one.quantity, 0);
          expect(quantity).toBe(asked);
        }
        expect(merged.map(({ optionId }) => optionId)).toEqual([...new Set(items.map(({ optionId }) => optionId))]);
      }),
    );
  });
});

describe('taking items from stock', () => {
  it('prices the lines in the order of the items, and reserves nothing until told to', () => {
    const shelf = options({ id: 'a', price: Money.of(300) }, { id: 'b', price: Money.of(50), name: '10kg' });

    const taken = takeFromStock(
      [
        { optionId: 'b', quantity: 4 },
        { optionId: 'a', quantity: 10 },
      ],
      shelf,
    );

    const product = { productId: 'p', productName: '제주 감귤' };
    expect(taken.lines).toEqual([
      { ...product, optionId: 'b', optionName: '10kg', unitPrice: Money.of(50), quantity: 4 },
      { ...product, optionId: 'a', optionName: '5kg', unitPrice: Money.of(300), quantity: 10 },
    ]);
    expect(taken.subtotal).toEqual(Money.of(3_200));
    expect(reservedOf(shelf)).toEqual([0, 0]);

    taken.reserve();
    expect(reservedOf(shelf)).toEqual([10, 4]);
  });

  it('names every shortage and leaves also what would have sufficed', () => {
    const shelf = options({ id: 'a', onHand: 5, reserved: 3 }, { id: 'b' }, { id: 'c', onHand: 0 });
    const items = ['a', 'b', 'c'].map((optionId) => ({ optionId, quantity: 3 }));

    expect.assertions(3);
    try {
      takeFromStock(items, shelf);
    } catch (refusal) {
      expect(refusal).toBeInstanceOf(OutOfStockException);
      expect(refusal).toMatchObject({
        message: '상품 재고가 부족합니다',
        details: {
          shortages: [
            { optionId: 'a', requested: 3, available: 2 },
            { optionId: 'c', requested: 3, available: 0 },
          ],
        },
      });
    }
    expect(reservedOf(shelf)).toEqual([3, 0, 0]);
  });

  it('refuses what is no longer on sale, though there is plenty', () => {
    const shelf = options({ id: 'a', onSale: false });

    const take = () => takeFromStock([{ optionId: 'a', quantity: 1 }], shelf);

    expect(take).toThrow(ProductNotOnSaleException);
    expect(take).toThrow('판매 중인 상품이 아닙니다');
  });

  it('refuses an option that does not exist', () => {
    const take = () => takeFromStock([{ optionId: 'x', quantity: 1 }], options({ id: 'a' }));

    expect(take).toThrow(ProductOptionNotFoundException);
  });

  it('takes the last unit, and not one more', () => {
    const shelf = options({ id: 'a', onHand: 5, reserved: 4 });

    expect(() => takeFromStock([{ optionId: 'a', quantity: 2 }], shelf)).toThrow(OutOfStockException);
    takeFromStock([{ optionId: 'a', quantity: 1 }], shelf).reserve();

    expect(shelf.get('a')?.available).toBe(0);
  });
});
