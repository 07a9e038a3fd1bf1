import { RankingBoard } from '../../application/ports/ranking-board';

/** The board of a shop without Redis in several processes: none could see what another one had put on its own. */
export class NoRankingBoard extends RankingBoard {
  async publish(): Promise<void> {}

  async read(): Promise<null> {
    return null;
  }
}
