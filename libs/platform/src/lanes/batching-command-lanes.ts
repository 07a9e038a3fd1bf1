import { type Command, CommandLanes, type Decide, type Lane } from '@app/shared';
import type { TypeOrmUnitOfWork } from '../database/typeorm-unit-of-work';
import { BatchingLane, type LaneLimits } from './batching-lane';
import type { IdempotencyKeys } from './idempotency-keys';

/** Lanes over the database of this instance. What is exact across instances are the locks, not the lanes. */
export class BatchingCommandLanes extends CommandLanes {
  private readonly names = new Set<string>();

  constructor(
    private readonly keys: IdempotencyKeys,
    private readonly unitOfWork: TypeOrmUnitOfWork,
    private readonly limits: LaneLimits,
  ) {
    super();
  }

  open<C extends Command, R>(name: string, decide: Decide<C, R>): Lane<C, R> {
    if (this.names.has(name)) throw new Error(`lane ${name} is open already`);
    this.names.add(name);
    return new BatchingLane(decide, this.keys, this.unitOfWork, this.limits);
  }
}
