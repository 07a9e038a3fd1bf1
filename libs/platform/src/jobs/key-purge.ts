import { Injectable } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { TypeOrmUnitOfWork } from '../database/typeorm-unit-of-work';
import { JobRunner } from './job-runner';

const BATCH = 1_000;

/** Forgets idempotency keys after a week: seven times as long as clients are promised. */
@Injectable()
export class KeyPurge {
  constructor(
    private readonly jobs: JobRunner,
    private readonly unitOfWork: TypeOrmUnitOfWork,
  ) {}

  /** A transaction for each thousand, so that no lock is held for long, until no old key is left. */
  @Cron(CronExpression.EVERY_HOUR)
  async purge(): Promise<void> {
    let deleted: number;
    do deleted = await this.jobs.run('key-purge', () => this.deleteOldest());
    while (deleted === BATCH);
  }

  private async deleteOldest(): Promise<number> {
    const deleted = await this.unitOfWork.query(
      `WITH old AS (
         SELECT user_id, key FROM idempotency_key WHERE created_at < now() - interval '7 days'
          ORDER BY created_at LIMIT $1 FOR UPDATE SKIP LOCKED)
       DELETE FROM idempotency_key k USING old WHERE k.user_id = old.user_id AND k.key = old.key RETURNING 1`,
      [BATCH],
    );
    return deleted.length;
  }
}
