import { OrderModule } from '@app/order';
import { Env, RedisConnection } from '@app/platform';
import { ProductModule } from '@app/product';
import { Module } from '@nestjs/common';
import { RankingController } from './adapters/http/ranking.controller';
import { MemoryRankingBoard } from './adapters/memory/memory-ranking-board';
import { NoRankingBoard } from './adapters/memory/no-ranking-board';
import { SqlRankingSnapshots } from './adapters/persistence/sql-ranking-snapshots';
import { RedisRankingBoard } from './adapters/redis/redis-ranking-board';
import { RankingSchedule } from './adapters/schedule/ranking-schedule';
import { RankingBoard } from './application/ports/ranking-board';
import { RankingSnapshots } from './application/ports/ranking-snapshots';
import { RankingService } from './application/ranking.service';

@Module({
  imports: [OrderModule, ProductModule],
  controllers: [RankingController],
  providers: [
    RankingService,
    RankingSchedule,
    { provide: RankingSnapshots, useClass: SqlRankingSnapshots },
    {
      provide: RankingBoard,
      inject: [RedisConnection, Env],
      useFactory: (redis: RedisConnection | null, { WORKERS }: Env) => {
        if (redis) return new RedisRankingBoard(redis);
        return WORKERS > 1 ? new NoRankingBoard() : new MemoryRankingBoard();
      },
    },
  ],
})
export class RankingModule {}
