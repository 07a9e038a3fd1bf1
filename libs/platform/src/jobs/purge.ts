import { Injectable } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { TypeOrmUnitOfWork } from '../database/typeorm-unit-of-work';
import { JobRunner } from './job-runner';

/** What is kept for a while only: the table, and which of its rows have been there long enough. */
const KEPT_FOR_A_WHILE = [
  // Seven times as long as clients are promised.
  ['idempotency_key', `created_at < now() - interval '7 days'`],
  // No event is delivered before it is created; that says so to the index.
  [
    'outbox_event',
    `status = 'DELIVERED' AND delivered_at < now() - interval '30 days' AND created_at < now() - interval '30 days'`,
  ],
  ['job_run', `ended_at < now() - interval '30 days'`],
] as const;

const BATCH = 1_000;

/** Forgets what nobody asks for any more. */
@Injectable()
export class Purge {
  constructor(
    private readonly jobs: JobRunner,
    private readonly unitOfWork: TypeOrmUnitOfWork,
  ) {}

  /** A transaction for each thousand, so that no lock is held for long, until nothing old is left. */
  @Cron(CronExpression.EVERY_HOUR)
  async purge(): Promise<void> {
    for (const [table, isOld] of KEPT_FOR_A_WHILE) {
      let deleted: number;
      do deleted = await this.jobs.run(`purge-${table}`, () => this.deleteSome(table, isOld));
      while (deleted === BATCH);
    }
  }

  private async deleteSome(table: string, isOld: string): Promise<number> {
    const deleted = await this.unitOfWork.query(
      `WITH old AS (SELECT ctid FROM ${table} WHERE ${isOld} LIMIT $1 FOR UPDATE SKIP LOCKED)
       DELETE FROM ${table} t USING old WHERE t.ctid = old.ctid RETURNING 1`,
      [BATCH],
    );
    return deleted.length;
  }
}
