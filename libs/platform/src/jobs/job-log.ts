import { CronTime } from 'cron';
import type { TypeOrmUnitOfWork } from '../database/typeorm-unit-of-work';

/** One step in the index a job, however many lines the log has. */
const TIMES_OF_JOBS = `
  WITH RECURSIVE known AS (
    SELECT min(job) AS job FROM job_run
    UNION ALL
    SELECT (SELECT min(job) FROM job_run WHERE job > known.job) FROM known WHERE job IS NOT NULL)
  SELECT job, newest.started_at AS "startedAt"
    FROM known CROSS JOIN LATERAL (
      SELECT started_at FROM job_run WHERE job_run.job = known.job AND error IS NULL
       ORDER BY started_at DESC LIMIT 1) AS newest`;

/** What the job log tells of all instances together. */
export class JobLog {
  private readonly expected = new Map<string, CronTime>();

  constructor(
    private readonly unitOfWork: TypeOrmUnitOfWork,
    private readonly now: () => Date = () => new Date(),
    private readonly since = now(),
  ) {}

  /** `cron`: when it is to run, as from now on. */
  expect(job: string, cron: string): void {
    this.expected.set(job, new CronTime(cron));
  }

  /** When each job last began what did not fail. */
  async times(): Promise<ReadonlyMap<string, Date>> {
    const jobs = await this.unitOfWork.query<{ job: string; startedAt: Date }>(TIMES_OF_JOBS);
    return new Map(jobs.map(({ job, startedAt }) => [job, startedAt]));
  }

  /**
   * Of the jobs that are expected, whether two turns have passed since it last began what did not fail. While nobody
   * was there no turn was missed.
   */
  async lateness(): Promise<ReadonlyMap<string, boolean>> {
    if (this.expected.size === 0) return new Map();
    const times = await this.times();
    const isLate = (job: string, cron: CronTime): boolean => {
      const last = new Date(Math.max(times.get(job)?.getTime() ?? 0, this.since.getTime()));
      const secondTurn = cron.getNextDateFrom(cron.getNextDateFrom(last).toJSDate());
      return secondTurn.toJSDate() < this.now();
    };
    return new Map([...this.expected].map(([job, cron]) => [job, isLate(job, cron)]));
  }
}
