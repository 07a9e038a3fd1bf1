import type { Ranking } from '../../domain/ranking';

/** Driven port: the rankings that were made, for the day the board is lost. */
export abstract class RankingSnapshots {
  /** Keeps the ranking, in the running unit of work, and forgets those older than a week. */
  abstract add(ranking: Ranking): Promise<void>;

  /** The newest; null when none was ever made. */
  abstract latest(): Promise<Ranking | null>;
}
