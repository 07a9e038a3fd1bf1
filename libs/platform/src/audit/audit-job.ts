import { Injectable, Logger } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { TypeOrmUnitOfWork } from '../database/typeorm-unit-of-work';
import { JobRunner } from '../jobs/job-runner';
import { Audit } from './audit';

/**
 * Audits every five minutes, on one instance, and less often when that takes long: four times as long as the longest of
 * the last day passes from one start to the next. A job's transaction is too short for an audit: it only decides whose turn
 * it is, by the line that it leaves in the job log, and the audit comes after it and completes that line.
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
    const isOurs = (await this.jobs.run('audit', () => this.take(), { onlyEventful: true })) > 0;
    // Of two instances that would show a result each, one shows an old one.
    this.audit.forget();
    if (!isOurs) return;
    try {
      const { checks } = await this.audit.run();
      for (const { name, violations, sample } of checks) {
        if (violations === 0) continue;
        this.logger.error(
          `The invariant ${name} is violated ${violations} times, first by ${JSON.stringify(sample[0])}`,
        );
      }
      await this.jobs.conclude(
        'audit',
        checks.reduce((sum, { violations }) => sum + violations, 0),
      );
    } catch (error) {
      this.logger.error('The audit could not be finished', error);
      await this.jobs.conclude('audit', 0, error).catch(() => undefined);
    }
  }

  /** Answers 1, for the line, unless another instance has had this turn. */
  private async take(): Promise<number> {
    const taken = await this.unitOfWork.query(
      `SELECT 1 FROM job_run
        WHERE job = 'audit' AND error IS NULL
          AND started_at > now() - greatest(interval '4 minutes', 4 * (
                SELECT max(ended_at - started_at) FROM job_run
                 WHERE job = 'audit' AND started_at > now() - interval '1 day'))
        LIMIT 1`,
    );
    return taken.length === 0 ? 1 : 0;
  }
}
