import type { RankingBoard } from '../../libs/ranking/src/application/ports/ranking-board';
import type { Ranking } from '../../libs/ranking/src/domain/ranking';

export function aRanking(generatedAt: string, name = '제주 감귤'): Ranking {
  const productId = '019a9f7e-5f3a-7c41-9d0e-3b7f0c2f1a11';
  return {
    generatedAt,
    window: { from: '2026-11-19T03:00:00.000Z', to: '2026-11-22T03:00:00.000Z' },
    items: [{ rank: 1, productId, name, price: 19_900, soldQuantity: 12 }],
  };
}

const OLDER = '2026-11-22T03:00:00.000Z';
const NEWER = '2026-11-22T03:00:00.001Z';

/** What every board must do; `open` answers an empty one for each test. */
export function describeRankingBoard(name: string, open: () => Promise<RankingBoard>): void {
  describe(`${name}, as a board`, () => {
    let board: RankingBoard;

    beforeEach(async () => {
      board = await open();
    });

    it('is empty until something is put up', async () => {
      expect(await board.read()).toBeNull();
    });

    it('shows the ranking that was put up, also an empty one', async () => {
      await board.publish(aRanking(OLDER));
      expect(await board.read()).toEqual(aRanking(OLDER));

      await board.publish({ ...aRanking(NEWER), items: [] });
      expect(await board.read()).toEqual({ ...aRanking(NEWER), items: [] });
    });

    it('never lets an older ranking replace a newer one, by a millisecond', async () => {
      await board.publish(aRanking(NEWER, '새 상품'));
      await board.publish(aRanking(OLDER, '옛 상품'));

      expect(await board.read()).toEqual(aRanking(NEWER, '새 상품'));
    });

    it('takes the same ranking twice', async () => {
      await board.publish(aRanking(NEWER));
      await board.publish(aRanking(NEWER));

      expect(await board.read()).toEqual(aRanking(NEWER));
    });

    it('ends with the newest, in whatever order they arrive', async () => {
      const times = [3, 9, 1, 7, 8, 2].map((second) => `2026-11-22T03:00:0${second}.000Z`);

      await Promise.all(times.map((time) => board.publish(aRanking(time))));

      expect((await board.read())?.generatedAt).toBe('2026-11-22T03:00:09.000Z');
    });
  });
}
