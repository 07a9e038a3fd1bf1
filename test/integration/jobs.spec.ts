import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { JobRunner } from '../../libs/platform/src/jobs/job-runner';
import { KeyPurge } from '../../libs/platform/src/jobs/key-purge';
import { deferred } from '../support/data-platform-server';
import { openDatabase, type TestDatabase } from '../support/database';

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

  it('leaves no line when there was nothing to do', async () => {
    expect(await jobs.run('expiry', async () => 0)).toBe(0);

    expect(await lines()).toEqual([]);
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

  it('may let its statements take longer, and nobody else’s', async () => {
    const limit = async () => {
      const [row] = await database.unitOfWork.query<{ limit: string }>(
        `SELECT current_setting('statement_timeout') AS limit`,
      );
      return row!.limit;
    };
    let inside = '';

    await jobs.run(
      'ranking',
      async () => {
        inside = await limit();
        return 1;
      },
      { statementTimeout: 30_000 },
    );

    expect(inside).toBe('30s');
    expect(await limit()).toBe('3s');
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

describe('the purge of idempotency keys', () => {
  it('removes all that are older than a week, a thousand at a time, and no other', async () => {
    await addKeys(2_300, '7 days 1 minute');
    await addKeys(5, '6 days 23 hours');

    await new KeyPurge(jobs, database.unitOfWork).purge();

    expect(await keys()).toBe(5);
    expect((await lines()).map(({ job, rows }) => [job, rows])).toEqual([
      ['key-purge', 1_000],
      ['key-purge', 1_000],
      ['key-purge', 300],
    ]);
  });
});
