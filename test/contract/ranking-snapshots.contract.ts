import type { UnitOfWork } from '@app/shared';
import type { RankingSnapshots } from '../../libs/ranking/src/application/ports/ranking-snapshots';
import { aRanking } from './ranking-board.contract';

export interface RankingSnapshotsParts {
  readonly snapshots: RankingSnapshots;
  readonly unitOfWork: UnitOfWork;
}

/** What every keeper of snapshots must do; `open` answers one that keeps none yet for each test. */
export function describeRankingSnapshots(name: string, open: () => Promise<RankingSnapshotsParts>): void {
  describe(`${name}, as a keeper of snapshots`, () => {
    let parts: RankingSnapshotsParts;

    beforeEach(async () => {
      parts = await open();
    });

    async function add(...times: string[]): Promise<void> {
      for (const time of times) await parts.unitOfWork.run(() => parts.snapshots.add(aRanking(time)));
    }

    it('has none until one is made', async () => {
      expect(await parts.snapshots.latest()).toBeNull();
    });

    it('gives back a ranking exactly as it was, members in their order', async () => {
      await add('2026-11-22T03:00:00.123Z');

      expect(JSON.stringify(await parts.snapshots.latest())).toBe(JSON.stringify(aRanking('2026-11-22T03:00:00.123Z')));
    });

    it('answers the newest, though an older one was added later', async () => {
      await add('2026-11-22T03:05:00.000Z', '2026-11-22T03:00:00.000Z');

      expect((await parts.snapshots.latest())?.generatedAt).toBe('2026-11-22T03:05:00.000Z');
    });

    it('takes two rankings of one millisecond as one', async () => {
      await add('2026-11-22T03:00:00.000Z', '2026-11-22T03:00:00.000Z');

      expect(await parts.snapshots.latest()).toEqual(aRanking('2026-11-22T03:00:00.000Z'));
    });

    it('keeps an empty ranking', async () => {
      const empty = { ...aRanking('2026-11-22T03:00:00.000Z'), items: [] };
      await parts.unitOfWork.run(() => parts.snapshots.add(empty));

      expect(await parts.snapshots.latest()).toEqual(empty);
    });
  });
}
