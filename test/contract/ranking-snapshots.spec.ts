import { SqlRankingSnapshots } from '../../libs/ranking/src/adapters/persistence/sql-ranking-snapshots';
import { openDatabase, type TestDatabase } from '../support/database';
import { ImmediateUnitOfWork } from '../support/fakes/immediate-unit-of-work';
import { InMemoryRankingSnapshots } from '../support/fakes/in-memory-ranking-snapshots';
import { aRanking } from './ranking-board.contract';
import { describeRankingSnapshots } from './ranking-snapshots.contract';

let database: TestDatabase;

beforeAll(async () => {
  database = await openDatabase([]);
});

afterAll(() => database?.close());

describeRankingSnapshots('the fake in memory', async () => ({
  snapshots: new InMemoryRankingSnapshots(),
  unitOfWork: new ImmediateUnitOfWork(),
}));

async function emptySnapshots(): Promise<SqlRankingSnapshots> {
  await database.unitOfWork.query('DELETE FROM ranking_snapshot');
  return new SqlRankingSnapshots(database.unitOfWork);
}

describeRankingSnapshots('PostgreSQL', async () => ({
  snapshots: await emptySnapshots(),
  unitOfWork: database.unitOfWork,
}));

describe('snapshots in PostgreSQL', () => {
  it('are forgotten when they are older than a week', async () => {
    const snapshots = await emptySnapshots();
    const times = ['2026-11-15T02:59:59.999Z', '2026-11-15T03:00:00.000Z', '2026-11-22T03:00:00.000Z'];

    for (const time of times) await database.unitOfWork.run(() => snapshots.add(aRanking(time)));

    const kept = await database.unitOfWork.query<{ at: Date }>(
      'SELECT generated_at AS at FROM ranking_snapshot ORDER BY 1',
    );
    expect(kept.map(({ at }) => at.toISOString())).toEqual(times.slice(1));
  });
});
