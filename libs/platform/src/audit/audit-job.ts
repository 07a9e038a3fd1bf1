import { Injectable, Logger } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { uuidv7 } from 'uuidv7';
import { Snapshots } from '../database/snapshots';
import { TypeOrmUnitOfWork } from '../database/typeorm-unit-of-work';
import { JobRunner, lockOf } from '../jobs/job-runner';
import { Audit, type AuditReport } from './audit';
import type { Reached } from './walk';

/** Whoever takes long leaves three times as long to customers. */
const NEWEST = `
  SELECT id, started_at > now() - greatest(interval '4 minutes', 4 * (ended_at - started_at)) AS "isOver"
    FROM job_run WHERE job = 'audit' AND error IS NULL ORDER BY started_at DESC LIMIT 1`;

/**
 * Among the walks, the moment of the last look that found nothing: all that was touched before it has been looked at.
 * None as long as something is violated.
 */
const TOUCHED = 'touched';

/**
 * Milliseconds before the last look that the next one covers: what was under way, by a clock that may be behind, and
 * what has ended since without leaving anything new, as an order that was not paid.
 */
const OVERLAP = 60 * 60_000;

/**
 * Audits every five minutes, on one instance: what was touched in the hour before the last time and since, and the next
 * stretch of everything. The first time, and as long as something is violated, the whole. A job's transaction is too short
 * for an audit: it only decides whose turn it is, by the line that it leaves in the job log. The audit comes after it,
 * under the lock of the job, and completes that line.
 */
@Injectable()
export class AuditJob {
  private readonly logger = new Logger(AuditJob.name);
  /** The line of the look whose result this instance shows. */
  private shown: string | undefined;
  private isLooking = false;

  constructor(
    private readonly audit: Audit,
    private readonly jobs: JobRunner,
    private readonly unitOfWork: TypeOrmUnitOfWork,
    private readonly snapshots: Snapshots,
  ) {}

  /** Never throws; an error line for each check that is violated. */
  @Cron(CronExpression.EVERY_5_MINUTES)
  async run(): Promise<void> {
    // Nobody has seen anything newer than what it shows.
    if (this.isLooking) return;
    const line = uuidv7();
    let showsNewest = false;
    const decide = async (): Promise<number> => {
      const [newest] = await this.unitOfWork.query<{ id: string; isOver: boolean }>(NEWEST);
      showsNewest = newest?.id === this.shown;
      return newest?.isOver ? 0 : 1;
    };
    const isOurs = (await this.jobs.run('audit', decide, { onlyEventful: true, line })) > 0;
    // Of two instances that would show a result each, one shows an old one.
    if (!showsNewest) this.audit.forget();
    if (!isOurs) return;
    this.isLooking = true;
    try {
      const { checks } = await this.snapshots.read(async (query) => {
        await query(`SELECT pg_advisory_xact_lock(${lockOf('audit')})`);
        const report = await this.look();
        await this.jobs.conclude(line, violationsIn(report));
        this.shown = line;
        return report;
      });
      for (const { name, violations, sample } of checks) {
        if (violations === 0) continue;
        this.logger.error(
          `The invariant ${name} is violated ${violations} times, first by ${JSON.stringify(sample[0])}`,
        );
      }
    } catch (error) {
      this.logger.error('The audit could not be finished', error);
      await this.jobs.conclude(line, 0, error).catch(() => undefined);
    } finally {
      this.isLooking = false;
    }
  }

  /** As far as it comes to an end: a look that is cut off has seen nothing. */
  private async look(): Promise<AuditReport> {
    const before = await this.reached();
    const last = before.get(TOUCHED);
    const { report, reached } = last
      ? await this.audit.runInParts(new Date(Date.parse(last) - OVERLAP), before)
      : { report: await this.audit.run(), reached: new Map() };
    await this.remember(new Map([...reached, [TOUCHED, report.ok ? report.checkedAt.toISOString() : null]]));
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

function violationsIn({ checks }: AuditReport): number {
  return checks.reduce((sum, { violations }) => sum + violations, 0);
}
