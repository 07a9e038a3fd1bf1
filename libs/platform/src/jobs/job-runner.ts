import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { uuidv7 } from 'uuidv7';
import { TypeOrmUnitOfWork } from '../database/typeorm-unit-of-work';

export interface JobOptions {
  /** Milliseconds that one statement of the job may take, where the service's own limit is too short. */
  readonly statementTimeout?: number;
  /** Milliseconds that a statement of the job may wait for a lock, where customers would wait behind it meanwhile. */
  readonly lockWait?: number;
  /** A run that found nothing to do leaves no line: for what fires every second, or decides only whose turn it is. */
  readonly onlyEventful?: boolean;
  /** The id of the line that a run leaves, for who completes it later. */
  readonly line?: string;
}

const LONGEST_ERROR = 500;

/** In SQL, the key of the advisory lock that a running job holds. */
export function lockOf(job: string): string {
  return `hashtextextended('job:${job}', 0)`;
}

/**
 * Runs scheduled work: every instance fires, one works. The lock belongs to the transaction that writes the result, so
 * an instance that is stopped in the middle loses both together.
 */
@Injectable()
export class JobRunner implements BeforeApplicationShutdown {
  private readonly logger = new Logger(JobRunner.name);
  private readonly running = new Set<Promise<number>>();
  private readonly failing = new Set<string>();
  private stopping = false;

  constructor(private readonly unitOfWork: TypeOrmUnitOfWork) {}

  /**
   * Runs `work` in a unit of work of its own, unless the job is running already, here or elsewhere. Tells how many rows
   * it changed, as `work` says: 0 also when it did not run or failed. Each run leaves a line in the job log. Never
   * throws: who fires jobs has nobody to tell.
   */
  async run(name: string, work: () => Promise<number>, options: JobOptions = {}): Promise<number> {
    if (this.stopping) return 0;
    const run = this.runOnce(name, work, options);
    this.running.add(run);
    try {
      return await run;
    } finally {
      this.running.delete(run);
    }
  }

  /** What followed a run, too long for its transaction, has ended: the line of that run tells how. */
  async conclude(line: string, rows: number, failure?: unknown): Promise<void> {
    await this.unitOfWork.query(
      'UPDATE job_run SET ended_at = clock_timestamp(), rows = $2, error = $3 WHERE id = $1',
      [line, rows, failure === undefined ? null : textOf(failure)],
    );
  }

  /** Starts nothing more, and waits for what is running: before the connections are closed under it. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.running);
  }

  private async runOnce(name: string, work: () => Promise<number>, options: JobOptions): Promise<number> {
    const { line = uuidv7() } = options;
    let startedAt: Date | null = null;
    try {
      const changed = await this.unitOfWork.run(async () => {
        startedAt = await this.lock(name);
        if (startedAt === null) return 0;
        if (options.lockWait) this.unitOfWork.limit('lock_timeout', options.lockWait);
        if (options.statementTimeout) this.unitOfWork.limit('statement_timeout', options.statementTimeout);
        const rows = await work();
        if (rows > 0 || !options.onlyEventful) await this.record(line, name, startedAt, rows, null);
        return rows;
      });
      this.failing.delete(name);
      return changed;
    } catch (error) {
      // Once, not at every firing for as long as the database is away.
      if (!this.failing.has(name)) this.logger.error(`The job ${name} failed`, error);
      this.failing.add(name);
      await this.recordFailure(line, name, startedAt, error);
      return 0;
    }
  }

  /** Takes the job until the transaction ends; null when it is taken. Otherwise tells when it began. */
  private async lock(name: string): Promise<Date | null> {
    const [row] = await this.unitOfWork.query<{ locked: boolean; now: Date }>(
      `SELECT pg_try_advisory_xact_lock(${lockOf(name)}) AS locked, now() AS now`,
    );
    return row!.locked ? row!.now : null;
  }

  private async record(
    line: string,
    name: string,
    startedAt: Date | null,
    rows: number,
    error: string | null,
  ): Promise<void> {
    await this.unitOfWork.query(
      `INSERT INTO job_run (id, job, started_at, ended_at, rows, error)
       VALUES ($1, $2, COALESCE($3, clock_timestamp()), clock_timestamp(), $4, $5)`,
      [line, name, startedAt, rows, error],
    );
  }

  /** After the rollback, on its own. */
  private async recordFailure(line: string, name: string, startedAt: Date | null, failure: unknown): Promise<void> {
    try {
      await this.record(line, name, startedAt, 0, textOf(failure));
    } catch {
      // Without a database there is no line; the failure itself is in the log already.
    }
  }
}

function textOf(failure: unknown): string {
  return (failure instanceof Error ? failure.message : String(failure)).replaceAll('\0', '').slice(0, LONGEST_ERROR);
}
