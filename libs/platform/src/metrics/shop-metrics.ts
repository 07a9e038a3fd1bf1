import { Inject, Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { Audit } from '../audit/audit';
import { BackgroundUnitOfWork } from '../database/background-unit-of-work';
import { JobLog } from '../jobs/job-log';
import { RedisConnection } from '../redis/redis';
import { AUDIT_TIME, AUDIT_VIOLATIONS } from './metrics-messages';

/** Values, each by its labels. */
type Series = readonly (readonly [labels: Record<string, string>, value: number])[];

/** Counting stops there: a scrape must not take longer the worse things are. */
const MOST_COUNTED = 100_000;

/** What is asked for when somebody scrapes. What cannot be had at that moment is left out, and the rest is told. */
@Injectable()
export class ShopMetrics {
  constructor(
    audit: Audit,
    jobs: JobLog,
    private readonly unitOfWork: BackgroundUnitOfWork,
    @Inject(RedisConnection) redis: RedisConnection | null,
    private readonly registry: Registry,
  ) {
    this.addSeries(
      AUDIT_VIOLATIONS,
      'Rows that break an invariant, by the newest audit; only where it was run',
      ['check'],
      async () => audit.latest?.checks.map(({ name, violations }) => [{ check: name }, violations]) ?? [],
    );
    this.addSeries(
      'shop_job_timestamp_seconds',
      'When a job last began what did not fail, by the job log',
      ['job'],
      async () => [...(await jobs.times())].map(([job, time]) => [{ job }, time.getTime() / 1_000]),
    );
    this.addValue(
      'shop_redis_up',
      'Whether Redis is there; while it is not, rankings come from the database',
      async () => redis && Number(redis.isUp),
    );
    this.addValue(
      AUDIT_TIME,
      'The moment of which the newest audit speaks; only where it was run',
      async () => audit.latest && audit.latest.checkedAt.getTime() / 1_000,
    );
    this.addValue('shop_outbox_pending', `Events that wait for delivery, up to ${MOST_COUNTED}`, () =>
      this.countEvents(`status = 'PENDING'`),
    );
    this.addValue('shop_outbox_dead', `Events that were given up, up to ${MOST_COUNTED}`, () =>
      this.countEvents(`status = 'DEAD'`),
    );
  }

  private addValue(name: string, help: string, read: () => Promise<number | null>): void {
    this.addSeries(name, help, [], async () => {
      const value = await read();
      return value === null ? [] : [[{}, value]];
    });
  }

  private addSeries(name: string, help: string, labelNames: string[], read: () => Promise<Series>): void {
    new Gauge({
      name,
      help,
      labelNames,
      // Of several processes each tells the same, or is as good as the best of them.
      aggregator: 'max',
      registers: [this.registry],
      async collect() {
        const series = await read().catch((): Series => []);
        this.reset();
        // One without labels is reset to zero, which it is not.
        if (series.length === 0) this.remove({});
        for (const [labels, value] of series) this.set(labels, value);
      },
    });
  }

  /** Over one of the indexes of what is not delivered. */
  private async countEvents(condition: string): Promise<number> {
    const [row] = await this.unitOfWork.query<{ count: number }>(
      `SELECT count(*) FROM (SELECT 1 FROM outbox_event WHERE ${condition} LIMIT ${MOST_COUNTED}) AS waiting`,
    );
    return row!.count;
  }
}
