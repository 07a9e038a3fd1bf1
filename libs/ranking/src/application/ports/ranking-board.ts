import type { Ranking } from '../../domain/ranking';

/** Driven port: where every instance reads the ranking. May be away or empty at any time: it holds a copy. */
export abstract class RankingBoard {
  /** Puts the ranking up, whole, unless a newer one is there. @throws when the board is away */
  abstract publish(ranking: Ranking): Promise<void>;

  /** The ranking that is up; null when there is none that can be read. @throws when the board is away */
  abstract read(): Promise<Ranking | null>;
}
