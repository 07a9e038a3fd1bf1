import { CommandLanes } from '@app/shared';
import { Global, Module } from '@nestjs/common';
import { Env } from '../config/env';
import { TypeOrmUnitOfWork } from '../database/typeorm-unit-of-work';
import { BatchingCommandLanes } from './batching-command-lanes';
import { IdempotencyKeys } from './idempotency-keys';

@Global()
@Module({
  providers: [
    IdempotencyKeys,
    {
      provide: CommandLanes,
      inject: [IdempotencyKeys, TypeOrmUnitOfWork, Env],
      useFactory: (keys: IdempotencyKeys, unitOfWork: TypeOrmUnitOfWork, { LANE_MAX_BATCH }: Env) =>
        new BatchingCommandLanes(keys, unitOfWork, { maxBatch: LANE_MAX_BATCH, maxWaiting: 4_096, deadline: 5_000 }),
    },
  ],
  exports: [CommandLanes],
})
export class LanesModule {}
