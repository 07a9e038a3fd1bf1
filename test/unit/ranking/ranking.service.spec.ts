import { Money } from '@app/shared';
import { Order } from '../../../libs/order/src/domain/order';
import { MemoryRankingBoard } from '../../../libs/ranking/src/adapters/memory/memory-ranking-board';
import { RankingBoard } from '../../../libs/ranking/src/application/ports/ranking-board';
import { RankingSnapshots } from '../../../libs/ranking/src/application/ports/ranking-snapshots';
import { RankingService } from '../../../libs/ranking/src/application/ranking.service';
import type { Ranking } from '../../../libs/ranking/src/domain/ranking';
import { ImmediateUnitOfWork } from '../../support/fakes/immediate-unit-of-work';
import { InMemorySalesLog } from '../../support/fakes/in-memory-order-sales-log';
import { InMemoryProductRepository } from '../../support/fakes/in-memory-product.repository';
import { InMemoryProductCatalog } from '../../support/fakes/in-memory-product-catalog';
import { InMemoryRankingSnapshots } from '../../support/fakes/in-memory-ranking-snapshots';
import { SetClock } from '../../support/fakes/set-clock';
import { someLine, someTerms } from '../order/order-samples';

const NOW = '2026-11-22T03:00:00.000Z';
const HOUR = 3_600_000;

/** A board that can be away, and that counts who reads it. */
class FlakyBoard extends RankingBoard {
  readonly board = new MemoryRankingBoard();
  away = false;
  reads = 0;

  async publish(ranking: Ranking): Promise<void> {
    if (this.away) throw new Error('the board is away');
    await this.board.publish(ranking);
  }

  async read(): Promise<Ranking | null> {
    this.reads += 1;
    if (this.away) throw new Error('the board is away');
    return this.board.read();
  }
}

class FlakySnapshots extends RankingSnapshots {
  readonly kept = new InMemoryRankingSnapshots();
  away = false;

  add(ranking: Ranking): Promise<void> {
    return this.kept.add(ranking);
  }

  async latest(): Promise<Ranking | null> {
    if (this.away) throw new Error('the database is away');
    return this.kept.latest();
  }
}

let clock: SetClock;
let sold: Order[];
let catalog: InMemoryProductRepository;
let board: FlakyBoard;
let snapshots: FlakySnapshots;

beforeEach(() => {
  jest.useFakeTimers({ now: new Date(NOW), doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  clock = new SetClock(new Date(NOW));
  sold = [];
  catalog = new InMemoryProductRepository();
  board = new FlakyBoard();
  snapshots = new FlakySnapshots();
});

afterEach(() => {
  jest.useRealTimers();
});

/** An instance of the service; each has a memory of its own. */
function anInstance(): RankingService {
  const log = new InMemorySalesLog({ all: sold });
  const products = new InMemoryProductCatalog(catalog);
  return new RankingService(log, products, snapshots, board, clock, new ImmediateUnitOfWork());
}

/** A product with options of those prices. */
function product(id: string, ...prices: number[]): void {
  catalog.products.set(id, { id, name: `상품 ${id}`, description: '', onSale: true, createdAt: new Date(NOW) });
  for (const [i, price] of prices.entries()) {
    const option = { id: `${id}-${i}`, productId: id, name: `${i}`, price: Money.of(price), onHand: 0, reserved: 0 };
    catalog.options.set(option.id, option);
  }
}

function sell(productId: string, quantity: number, unitPrice: number, ageInHours = 1): void {
  const paidAt = new Date(Date.parse(NOW) - ageInHours * HOUR);
  const lines = [someLine({ productId, quantity, unitPrice: Money.of(unitPrice) })];
  sold.push(Order.restore(someTerms({ lines }), { status: 'PAID', paymentId: 'p', paidAt }));
}

function aRanking(generatedAt: string, name = '옛 상품'): Ranking {
  const items = [{ rank: 1, productId: 'old', name, price: 100, soldQuantity: 1 }];
  return { generatedAt, window: { from: '2026-11-19T03:00:00.000Z', to: generatedAt }, items };
}

/** The second for which an instance serves its own copy is over. */
function aSecondLater(): void {
  jest.advanceTimersByTime(1_001);
}

describe('making the ranking', () => {
  it('counts the 72 hours up to now and shows the price of the cheapest option', async () => {
    product('a', 900, 500, 700);
    product('b', 300);
    sell('a', 2, 900, 1);
    sell('b', 5, 300, 71);
    sell('a', 1, 500, 72);
    sell('a', 99, 500, 73);

    expect(await anInstance().refresh()).toEqual({
      generatedAt: NOW,
      window: { from: '2026-11-19T03:00:00.000Z', to: NOW },
      items: [
        { rank: 1, productId: 'b', name: '상품 b', price: 300, soldQuantity: 5 },
        { rank: 2, productId: 'a', name: '상품 a', price: 500, soldQuantity: 3 },
      ],
    });
  });

  it('places ties by sales amount and then by product id, in five places', async () => {
    for (const id of ['f', 'e', 'd', 'c', 'b', 'a']) product(id, 100);
    for (const id of ['f', 'e', 'd', 'b', 'a']) sell(id, 3, 100);
    sell('c', 3, 101);

    const { items } = await anInstance().refresh();

    expect(items.map(({ rank, productId }) => `${rank}${productId}`)).toEqual(['1c', '2a', '3b', '4d', '5e']);
  });

  it('is empty while nothing is sold', async () => {
    expect(await anInstance().refresh()).toMatchObject({ items: [] });
  });

  it('is served at once by who made it, and by the others from the board', async () => {
    product('a', 100);
    sell('a', 1, 100);
    const [maker, other] = [anInstance(), anInstance()];

    const made = await maker.refresh();

    expect(await maker.current()).toEqual(made);
    expect(board.reads).toBe(0);
    expect(await other.current()).toEqual(made);
  });

  it('succeeds without the board, and keeps a snapshot', async () => {
    board.away = true;

    const made = await anInstance().refresh();

    expect(await snapshots.latest()).toEqual(made);
    expect(await anInstance().current()).toEqual(made);
  });
});

describe('serving the ranking', () => {
  it('takes the snapshot when the board is away or empty', async () => {
    await snapshots.add(aRanking(NOW));

    expect(await anInstance().current()).toEqual(aRanking(NOW));
    board.away = true;
    expect(await anInstance().current()).toEqual(aRanking(NOW));
  });

  it('goes on with the last known one when board and snapshots are away', async () => {
    await board.publish(aRanking(NOW));
    const instance = anInstance();
    await instance.current();

    board.away = true;
    snapshots.away = true;
    aSecondLater();

    expect(await instance.current()).toEqual(aRanking(NOW));
  });

  it('is empty, and no failure, when none was ever made and nobody can be asked', async () => {
    board.away = true;
    snapshots.away = true;

    expect(await anInstance().current()).toEqual({
      generatedAt: NOW,
      window: { from: '2026-11-19T03:00:00.000Z', to: NOW },
      items: [],
    });
  });

  it('never steps back to an older one than was seen', async () => {
    const newer = aRanking('2026-11-22T02:55:00.000Z', '새 상품');
    await board.publish(newer);
    const instance = anInstance();
    await instance.current();

    const flushed = new MemoryRankingBoard();
    await flushed.publish(aRanking('2026-11-22T02:50:00.000Z'));
    Object.assign(board, { board: flushed });
    aSecondLater();

    expect(await instance.current()).toEqual(newer);
  });

  it('takes a newer one within a second', async () => {
    const instance = anInstance();
    await board.publish(aRanking('2026-11-22T02:55:00.000Z'));
    await instance.current();
    const newer = aRanking(NOW, '새 상품');
    await board.publish(newer);

    jest.advanceTimersByTime(999);
    expect((await instance.current()).items[0]?.name).toBe('옛 상품');
    aSecondLater();
    expect(await instance.current()).toEqual(newer);
  });

  it('asks again after a second, though the clock of this machine was set back', async () => {
    const instance = anInstance();
    await board.publish(aRanking('2026-11-22T02:55:00.000Z'));
    await instance.current();
    await board.publish(aRanking(NOW, '새 상품'));

    jest.setSystemTime(Date.parse(NOW) - HOUR);
    aSecondLater();

    expect((await instance.current()).items[0]?.name).toBe('새 상품');
  });

  it('makes nobody wait for copies that hang, as long as it knows a ranking', async () => {
    await board.publish(aRanking(NOW));
    const instance = anInstance();
    await instance.current();
    let answer: (ranking: Ranking) => void = () => undefined;
    const newer = aRanking('2026-11-22T03:05:00.000Z', '새 상품');
    board.read = () => new Promise((resolve) => (answer = resolve));
    aSecondLater();

    const served = instance.current();
    jest.advanceTimersByTime(100);

    expect(await served).toEqual(aRanking(NOW));
    expect(await instance.current()).toEqual(aRanking(NOW)); // at once: no timer has to run
    answer(newer);
    await new Promise(setImmediate);
    expect(await instance.current()).toEqual(newer);
  });

  it('asks the board once for all who read at the same moment', async () => {
    await board.publish(aRanking(NOW));
    const instance = anInstance();

    const read = await Promise.all(Array.from({ length: 100 }, () => instance.current()));

    expect(new Set(read).size).toBe(1);
    expect(board.reads).toBe(1);
  });

  it('asks a board that is away once a second, not once a reader', async () => {
    await snapshots.add(aRanking(NOW));
    board.away = true;
    const instance = anInstance();

    for (let i = 0; i < 10; i++) await instance.current();

    expect(board.reads).toBe(1);
  });
});
