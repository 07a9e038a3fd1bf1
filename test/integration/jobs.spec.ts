import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { uuidv7 } from 'uuidv7';
import { JobRunner } from '../../libs/platform/src/jobs/job-runner';
import { Purge } from '../../libs/platform/src/jobs/purge';
import { openDatabase, type TestDatabase } from '../support/database';
import { deferred } from '../support/deferred';

interface Line {
  job: string;
  rows: number;
  error: string | null;
  inOrder: boolean;
}

let database: TestDatabase;
let jobs: JobRunner;

beforeAll(() => Logger.overrideLogger(false));

beforeEach(async () => {
  database = await openDatabase([]);
  jobs = new JobRunner(database.unitOfWork);
});

afterEach(() => database?.close());

function lines(): Promise<Line[]> {
  return database.unitOfWork.query<Line>(
    `SELECT job, rows, error, started_at <= ended_at AS "inOrder" FROM job_run ORDER BY started_at, id`,
  );
}

async function addKeys(count: number, age: string): Promise<void> {
  await database.dataSource.query(
    `INSERT INTO idempotency_key (user_id, key, claim_id, fingerprint, created_at)
     SELECT $2, i::text, gen_random_uuid(), '', now() - $3::interval FROM generate_series(1, $1::integer) AS i`,
    [count, randomUUID(), age],
  );
}

async function keys(): Promise<number> {
  const [{ count }] = await database.dataSource.query('SELECT count(*)::integer FROM idempotency_key');
  return count;
}

describe('a job', () => {
  it('is run by one of two instances that fire together', async () => {
    const opened = deferred();
    const started = deferred();
    const other = new JobRunner(database.unitOfWork);
    let calls = 0;
    const work = async () => {
      calls += 1;
      started.resolve();
      await opened.promise;
      return 7;
    };

    const first = jobs.run('ranking', work);
    await started.promise;
    const again = await jobs.run('ranking', work);
    const elsewhere = await other.run('ranking', work);
    opened.resolve();

    expect(await first).toBe(7);
    expect([again, elsewhere, calls]).toEqual([0, 0, 1]);
    expect(await lines()).toEqual([{ job: 'ranking', rows: 7, error: null, inOrder: true }]);
    expect(await other.run('ranking', async () => 1)).toBe(1);
  });

  it('does not wait for a job of another name', async () => {
    const rows = await jobs.run('ranking', () => new JobRunner(database.unitOfWork).run('expiry', async () => 2));

    expect(rows).toBe(2);
  });

  it('leaves a line also when there was nothing to do', async () => {
    expect(await jobs.run('ranking', async () => 0)).toBe(0);

    expect(await lines()).toEqual([{ job: 'ranking', rows: 0, error: null, inOrder: true }]);
  });

  it('of which only the eventful runs count leaves a line of those', async () => {
    const sweep = (rows: number) => jobs.run('expiry', async () => rows, { onlyEventful: true });
    await sweep(0);
    await sweep(3);
    await sweep(0);

    expect(await lines()).toEqual([{ job: 'expiry', rows: 3, error: null, inOrder: true }]);
  });

  it('may say later how what followed it has ended', async () => {
    const line = uuidv7();
    await jobs.run('audit', async () => 1, { line });
    await jobs.run('audit', async () => 1);

    await jobs.conclude(line, 7, new Error('not to the end'));

    expect(await lines()).toEqual([
      { job: 'audit', rows: 7, error: 'not to the end', inOrder: true },
      { job: 'audit', rows: 1, error: null, inOrder: true },
    ]);
  });

  it('that fails leaves its error and nothing of its work', async () => {
    const rows = await jobs.run('expiry', async () => {
      await database.unitOfWork.query(
        `INSERT INTO idempotency_key (user_id, key, claim_id, fingerprint) VALUES ('u', 'k', gen_random_uuid(), '')`,
      );
      throw new Error('half way');
    });

    expect(rows).toBe(0);
    expect(await lines()).toEqual([{ job: 'expiry', rows: 0, error: 'half way', inOrder: true }]);
    expect(await keys()).toBe(0);
    expect(await jobs.run('expiry', async () => 1)).toBe(1);
  });

  it('that swallows a failed statement fails as well', async () => {
    await jobs.run('expiry', async () => {
      await database.unitOfWork.query('SELECT 1 / 0').catch(() => undefined);
      return 1;
    });

    const [line] = await lines();
    expect(line).toMatchObject({ rows: 0 });
    expect(line!.error).not.toBeNull();
  });

  it('never throws, even when the line cannot be written', async () => {
    await database.dataSource.query('ALTER TABLE job_run RENAME TO away');

    expect(await jobs.run('expiry', async () => 1)).toBe(0);
  });

  it('says once that it fails, until it works again', async () => {
    const said = jest.spyOn(Logger.prototype, 'error');
    const fail = () => jobs.run('expiry', () => Promise.reject(new Error('away')));
    await fail();
    await fail();
    await jobs.run('ranking', () => Promise.reject(new Error('away too')));
    expect(said).toHaveBeenCalledTimes(2);

    await jobs.run('expiry', async () => 0);
    await fail();

    expect(said).toHaveBeenCalledTimes(3);
    expect(await lines()).toHaveLength(5);
    said.mockRestore();
  });

  it('may let its statements take longer, and wait less for locks, and nobody else’s', async () => {
    const limit = async () => {
      const [row] = await database.unitOfWork.query<{ limits: string }>(
        `SELECT current_setting('statement_timeout') || ' ' || current_setting('lock_timeout') AS limits`,
      );
      return row!.limits;
    };
    let inside = '';

    await jobs.run(
      'ranking',
      async () => {
        inside = await limit();
        return 1;
      },
      { statementTimeout: 30_000, lockWait: 100 },
    );

    expect(inside).toBe('30s 100ms');
    expect(await limit()).toBe('3s 2s');
  });

  it('is waited for at shutdown, and none starts after', async () => {
    const opened = deferred();
    const started = deferred();
    const running = jobs.run('ranking', async () => {
      started.resolve();
      await opened.promise;
      return 1;
    });
    await started.promise;

    let stopped = false;
    const stopping = jobs.beforeApplicationShutdown().then(() => {
      stopped = true;
    });
    expect(await jobs.run('expiry', async () => 1)).toBe(0);
    expect(stopped).toBe(false);
    opened.resolve();
    await stopping;

    expect(await running).toBe(1);
    expect(await lines()).toHaveLength(1);
  });
});

describe('the purge', () => {
  async function purged(): Promise<[job: string, rows: number][]> {
    await new Purge(jobs, database.unitOfWork).purge();
    const runs = (await lines()).filter(({ job }) => job.startsWith('purge'));
    expect(new Set(runs.map(({ job }) => job)).size).toBe(3); // each says that it ran
    return runs.filter(({ rows }) => rows > 0).map(({ job, rows }) => [job, rows]);
  }

  async function count(table: string): Promise<number> {
    const [row] = await database.dataSource.query(`SELECT count(*)::integer AS rows FROM ${table}`);
    return row.rows;
  }

  it('removes idempotency keys that are older than a week, a thousand at a time, and no other', async () => {
    await addKeys(2_300, '7 days 1 minute');
    await addKeys(5, '6 days 23 hours');

    expect(await purged()).toEqual([
      ['purge-idempotency_key', 1_000],
      ['purge-idempotency_key', 1_000],
      ['purge-idempotency_key', 300],
    ]);

    expect(await keys()).toBe(5);
  });

  it('removes events that were delivered more than 30 days ago, and none that still may have to be sent', async () => {
    await database.dataSource.query(
      `INSERT INTO outbox_event (id, type, subject_id, payload, status, next_attempt_at, created_at, delivered_at)
       SELECT gen_random_uuid(), kind, gen_random_uuid(), '{}', status, now(), now() - interval '40 days', delivered
         FROM (VALUES ('old', 'DELIVERED', now() - interval '30 days 1 minute'),
                      ('late', 'DELIVERED', now() - interval '29 days 23 hours'),
                      ('waiting', 'PENDING', NULL), ('dead', 'DEAD', NULL)) AS s (kind, status, delivered)`,
    );

    expect(await purged()).toEqual([['purge-outbox_event', 1]]);

    const left = await database.dataSource.query('SELECT type FROM outbox_event ORDER BY type');
    expect(left).toEqual([{ type: 'dead' }, { type: 'late' }, { type: 'waiting' }]);
  });

  it('removes lines of the job log that are older than 30 days, and no other', async () => {
    await database.dataSource.query(
      `INSERT INTO job_run (id, job, started_at, ended_at, rows)
       SELECT gen_random_uuid(), 'ranking', now() - age, now() - age, 1
         FROM unnest('{30 days 1 minute,29 days 23 hours}'::interval[]) AS age`,
    );

    expect(await purged()).toEqual([['purge-job_run', 1]]);

    expect(await count('job_run')).toBe(4); // the younger one, and a line of each purge
  });
});
