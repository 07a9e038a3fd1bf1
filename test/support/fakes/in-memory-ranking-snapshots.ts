import { RankingSnapshots } from '../../../libs/ranking/src/application/ports/ranking-snapshots';
import type { Ranking } from '../../../libs/ranking/src/domain/ranking';

export class InMemoryRankingSnapshots extends RankingSnapshots {
  private readonly kept = new Map<string, Ranking>();

  async add(ranking: Ranking): Promise<void> {
    if (!this.kept.has(ranking.generatedAt)) this.kept.set(ranking.generatedAt, ranking);
  }

  async latest(): Promise<Ranking | null> {
    const newest = [...this.kept.keys()].sort().at(-1);
    return newest === undefined ? null : this.kept.get(newest)!;
  }
}
