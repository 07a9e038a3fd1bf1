export { RANKING_CHECKS } from './adapters/persistence/ranking.checks';
export { RankingService } from './application/ranking.service';
export type { Ranking } from './domain/ranking';
export { RankingModule } from './ranking.module';
