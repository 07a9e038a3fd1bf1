import { RankingBoard } from '../../application/ports/ranking-board';
import type { Ranking } from '../../domain/ranking';

/** The board of a shop without Redis, in this process: for `REDIS_URL=memory:` and for tests. */
export class MemoryRankingBoard extends RankingBoard {
  private current: Ranking | null = null;

  async publish(ranking: Ranking): Promise<void> {
    if (this.current && this.current.generatedAt > ranking.generatedAt) return;
    this.current = ranking;
  }

  async read(): Promise<Ranking | null> {
    return this.current;
  }
}
