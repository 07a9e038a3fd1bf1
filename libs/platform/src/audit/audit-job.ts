import { Injectable, Logger } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { TypeOrmUnitOfWork } from '../database/typeorm-unit-of-work';
import { JobRunner } from '../jobs/job-runner';
import { Audit } from './audit';

/** The whole is looked at each hour, and as long as something is not right. */
const WHOLE_IS_DUE = `
  SELECT COALESCE((SELECT rows > 0 FROM job_run WHERE job = 'audit' AND error IS NULL ORDER BY started_at DESC LIMIT 1), true)
         OR NOT EXISTS (SELECT FROM job_run WHERE job = 'audit-whole' AND rows = 0 AND started_at > now() - interval '59 minutes')
         AS due`;

/** Somebody has had this turn. Whoever takes long leaves three times as long to others. */
const TAKEN = `
  SELECT FROM (SELECT started_at, ended_at FROM job_run
                WHERE job = 'audit' AND error IS NULL ORDER BY started_at DESC LIMIT 1) AS newest
   WHERE started_at > now() - greatest(interval '4 minutes', 4 * (ended_at - started_at))`;

/**
 * Audits every five minutes, on one instance: what was touched lately, and each hour the whole. A job's transaction is too
 * short for an audit: it only decides whose turn it is, by the line that it leaves in the job log, and the audit comes
 * after it and completes that line. An audit of the whole leaves a line of its own as well.
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
    let isWhole = true;
    const decide = async (): Promise<number> => {
      isWhole = (await this.unitOfWork.query<{ due: boolean }>(WHOLE_IS_DUE))[0]!.due;
      return (await this.unitOfWork.query(TAKEN)).length === 0 ? 1 : 0;
    };
    const isOurs = (await this.jobs.run('audit', decide, { onlyEventful: true })) > 0;
    // Of two instances that would show a result each, one shows an old one.
    this.audit.forget();
    if (!isOurs) return;
    try {
      const { checks } = await (isWhole ? this.audit.run() : this.audit.runLately());
      for (const { name, violations, sample } of checks) {
        if (violations === 0) continue;
        this.logger.error(
          `The invariant ${name} is violated ${violations} times, first by ${JSON.stringify(sample[0])}`,
        );
      }
      const found = checks.reduce((sum, { violations }) => sum + violations, 0);
      await this.jobs.conclude('audit', found);
      if (isWhole) await this.jobs.run('audit-whole', async () => found);
    } catch (error) {
      this.logger.error('The audit could not be finished', error);
      await this.jobs.conclude('audit', 0, error).catch(() => undefined);
    }
  }
}
