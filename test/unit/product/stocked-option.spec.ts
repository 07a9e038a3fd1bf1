import {
  OutOfStockException,
  ProductNotOnSaleException,
  StockBelowReservedException,
  StockedOption,
} from '@app/product';
import { Money } from '@app/shared';
import { StockLimitExceededException } from '../../../libs/product/src/domain/product.exceptions';

const at = new Date('2026-11-22T03:00:00.000Z');
const entry = { movementId: 'movement', at };
const forOrder = { ...entry, orderId: 'order' };

function option(onHand: number, reserved = 0, onSale = true): StockedOption {
  return StockedOption.restore({
    id: 'option',
    productId: 'product',
    productName: '무선 키보드',
    name: '적축',
    price: Money.of(129_000),
    onSale,
    onHand,
    reserved,
  });
}

function refusalOf(act: () => void): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was refused');
}

describe('reserving stock', () => {
  it('takes from what can be ordered, to the last piece, and moves nothing', () => {
    const stocked = option(5, 2);

    stocked.reserve(3);

    expect(stocked).toMatchObject({ onHand: 5, reserved: 5, available: 0, isChanged: true, movements: [] });
  });

  it('refuses what is not there, says how much is, and leaves no trace', () => {
    const stocked = option(5, 2);

    const refusal = refusalOf(() => stocked.reserve(4));

    expect(refusal).toBeInstanceOf(OutOfStockException);
    expect(refusal).toMatchObject({
      kind: 'conflict',
      code: 'OUT_OF_STOCK',
      message: '상품 재고가 부족합니다',
      details: { shortages: [{ optionId: 'option', requested: 4, available: 3 }] },
    });
    expect(stocked).toMatchObject({ onHand: 5, reserved: 2, isChanged: false });
  });

  it('refuses an option of a product that is not on sale', () => {
    const stocked = option(5, 0, false);

    expect(() => stocked.reserve(1)).toThrow(ProductNotOnSaleException);
    expect(stocked.isChanged).toBe(false);
  });

  it.each([0, -1, 1.5, Number.NaN])('takes %p for a bug', (quantity) => {
    expect(() => option(5).reserve(quantity)).toThrow(/is no quantity/);
  });
});

describe('ending a reservation', () => {
  it('gives it back when released, also of a product that is not on sale any more', () => {
    const stocked = option(5, 3, false);

    stocked.release(3);

    expect(stocked).toMatchObject({ onHand: 5, reserved: 0, available: 5, movements: [] });
  });

  it('sells it: on hand and reserved go down, and the ledger gets a sale', () => {
    const stocked = option(5, 3, false);

    stocked.sell(2, forOrder);

    expect(stocked).toMatchObject({ onHand: 3, reserved: 1, available: 2, isChanged: true });
    expect(stocked.movements).toEqual([
      { id: 'movement', optionId: 'option', kind: 'SALE', quantity: -2, orderId: 'order', at },
    ]);
  });

  it.each<[string, (stocked: StockedOption) => void]>([
    ['release', (stocked) => stocked.release(4)],
    ['sell', (stocked) => stocked.sell(4, forOrder)],
  ])('cannot %s more than is reserved: a bug, not a refusal', (_, end) => {
    const stocked = option(5, 3);

    const error = refusalOf(() => end(stocked));

    expect(error).toMatchObject({ name: 'Error', message: expect.stringContaining('3 reserved, not 4') });
    expect(stocked).toMatchObject({ onHand: 5, reserved: 3, isChanged: false, movements: [] });
  });
});

describe('taking back what was sold', () => {
  it('puts it on hand and records a return', () => {
    const stocked = option(3, 1);

    stocked.takeBack(2, forOrder);

    expect(stocked).toMatchObject({ onHand: 5, reserved: 1, available: 4 });
    expect(stocked.movements).toEqual([
      { id: 'movement', optionId: 'option', kind: 'RETURN', quantity: 2, orderId: 'order', at },
    ]);
  });

  it('is possible on a shelf that has been filled to its limit since', () => {
    const stocked = option(StockedOption.limit);

    stocked.takeBack(2, forOrder);

    expect(stocked.onHand).toBe(10_000_002);
  });
});

describe('restocking', () => {
  it.each([
    [10, 15],
    [-2, 3],
  ])('by %i records the movement', (delta, onHand) => {
    const stocked = option(5, 3);

    stocked.restock(delta, entry);

    expect(stocked).toMatchObject({ onHand, reserved: 3, isChanged: true });
    expect(stocked.movements).toEqual([
      { id: 'movement', optionId: 'option', kind: 'RESTOCK', quantity: delta, orderId: null, at },
    ]);
  });

  it('by 0 leaves no trace', () => {
    const stocked = option(5, 3);

    stocked.restock(0, entry);

    expect(stocked).toMatchObject({ onHand: 5, isChanged: false, movements: [] });
  });

  it('never goes below what is reserved', () => {
    const stocked = option(5, 3);

    expect(() => stocked.restock(-3, entry)).toThrow(StockBelowReservedException);
    expect(stocked).toMatchObject({ onHand: 5, reserved: 3, isChanged: false, movements: [] });
  });

  it('stops at the limit', () => {
    const stocked = option(StockedOption.limit - 1);

    const refusal = refusalOf(() => stocked.restock(2, entry));
    stocked.restock(1, entry);

    expect(refusal).toBeInstanceOf(StockLimitExceededException);
    expect(refusal).toMatchObject({
      kind: 'invalid',
      code: 'VALIDATION_FAILED',
      errors: [{ field: 'delta', message: { ko: '재고는 10,000,000개를 넘을 수 없습니다' } }],
    });
    expect(stocked).toMatchObject({ onHand: StockedOption.limit, movements: [{ quantity: 1 }] });
  });
});
