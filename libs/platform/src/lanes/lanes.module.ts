import { CommandLanes } from '@app/shared';
import { Global, Module } from '@nestjs/common';
import { Env } from '../config/env';
import { TypeOrmUnitOfWork } from '../database/typeorm-unit-of-work';
import { BatchingCommandLanes } from './batching-command-lanes';
import { LANE_LIMITS } from './batching-lane';
import { IdempotencyKeys } from './idempotency-keys';

@Global()
@Module({
  providers: [
    IdempotencyKeys,
    {
      provide: CommandLanes,
      inject: [IdempotencyKeys, TypeOrmUnitOfWork, Env],
      useFactory: (keys: IdempotencyKeys, unitOfWork: TypeOrmUnitOfWork, { LANE_MAX_BATCH }: Env) =>
        new BatchingCommandLanes(keys, unitOfWork, { ...LANE_LIMITS, maxBatch: LANE_MAX_BATCH }),
    },
  ],
  exports: [CommandLanes],
})
export class LanesModule {}
