import { Injectable, Logger } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { TypeOrmUnitOfWork } from '../database/typeorm-unit-of-work';
import { JobRunner } from '../jobs/job-runner';
import { Audit, type AuditReport } from './audit';
import type { Reached } from './walk';

interface Turn {
  readonly startedAt: Date;
  readonly violations: number;
  /** Somebody has had this turn. Whoever takes long leaves three times as long to others. */
  readonly isTaken: boolean;
}

/** The newest that was finished, or is under way. */
const NEWEST_TURN = `
  SELECT started_at AS "startedAt", rows AS violations,
         started_at > now() - greatest(interval '4 minutes', 4 * (ended_at - started_at)) AS "isTaken"
    FROM job_run WHERE job = 'audit' AND error IS NULL ORDER BY started_at DESC LIMIT 1`;

/**
 * Milliseconds before the last look that the next one covers: what was under way, by a clock that may be behind, and
 * what has ended since without leaving anything new, as an order that was not paid.
 */
const OVERLAP = 60 * 60_000;

/**
 * Audits every five minutes, on one instance: what was touched in the hour before the last time and since, and the next
 * stretch of everything. The first time, and as long as something is violated, the whole. A job's transaction is too short
 * for an audit: it only decides whose turn it is, by the line that it leaves in the job log, and the audit comes after it
 * and completes that line.
 */
@Injectable()
export class AuditJob {
  private readonly logger = new Logger(AuditJob.name);

  constructor(
    private readonly audit: Audit,
    private readonly jobs: JobRunner,
    private readonly unitOfWork: TypeOrmUnitOfWork,
  ) {}

  /** Never throws; an error line for each check that is violated. */
  @Cron(CronExpression.EVERY_5_MINUTES)
  async run(): Promise<void> {
    let last: Turn | undefined;
    const decide = async (): Promise<number> => {
      [last] = await this.unitOfWork.query<Turn>(NEWEST_TURN);
      return last?.isTaken ? 0 : 1;
    };
    const isOurs = (await this.jobs.run('audit', decide, { onlyEventful: true })) > 0;
    // Of two instances that would show a result each, one shows an old one.
    this.audit.forget();
    if (!isOurs) return;
    try {
      const { checks } = await this.lookAfter(last);
      for (const { name, violations, sample } of checks) {
        if (violations === 0) continue;
        this.logger.error(
          `The invariant ${name} is violated ${violations} times, first by ${JSON.stringify(sample[0])}`,
        );
      }
      const found = checks.reduce((sum, { violations }) => sum + violations, 0);
      await this.jobs.conclude('audit', found);
    } catch (error) {
      this.logger.error('The audit could not be finished', error);
      await this.jobs.conclude('audit', 0, error).catch(() => undefined);
    }
  }

  private async lookAfter(last: Turn | undefined): Promise<AuditReport> {
    if (last === undefined || last.violations > 0) return this.audit.run();
    const { report, reached } = await this.audit.runInParts(
      new Date(last.startedAt.getTime() - OVERLAP),
      await this.reached(),
    );
    await this.remember(reached);
    return report;
  }

  private async reached(): Promise<Reached> {
    const walks = await this.unitOfWork.query<{ walk: string; reached: string | null }>(
      'SELECT walk, reached FROM audit_walk',
    );
    return new Map(walks.map(({ walk, reached }) => [walk, reached]));
  }

  private async remember(reached: Reached): Promise<void> {
    await this.unitOfWork.query(
      `INSERT INTO audit_walk (walk, reached) SELECT * FROM unnest($1::text[], $2::text[])
       ON CONFLICT (walk) DO UPDATE SET reached = excluded.reached`,
      [[...reached.keys()], [...reached.values()]],
    );
  }
}
