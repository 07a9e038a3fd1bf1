export { RankingService } from './application/ranking.service';
export type { RankedProduct, Ranking } from './domain/ranking';
export { RankingModule } from './ranking.module';
