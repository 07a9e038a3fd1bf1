import { Audit, type AuditCheck, BackgroundUnitOfWork, JobLog, JobRunner, Snapshots } from '@app/platform';
import { Logger } from '@nestjs/common';
import { Client } from 'pg';
import { Registry } from 'prom-client';
import { AuditJob } from '../../libs/platform/src/audit/audit-job';
import { ShopMetrics } from '../../libs/platform/src/metrics/shop-metrics';
import { openDatabase, type TestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { freePort } from '../support/servers';

/** Two rules: each is broken by notes that say so, and those of the second one are looked at in parts. */
const CHECKS: readonly AuditCheck[] = [
  { name: 'note.kept', query: 'SELECT text FROM note WHERE text IS NULL' },
  { name: 'note.right', query: `SELECT text FROM note WHERE text = 'wrong'` },
  {
    name: 'note.right',
    query: `SELECT text FROM note WHERE text = 'slightly wrong'`,
    inParts: {
      lately: ({ at }) => `note AS (SELECT * FROM note WHERE written_at >= ${at})`,
      along: ['note.page'],
    },
  },
];

/** Of them, as many pages are looked at in turn. */
const PAGES_AT_ONCE = 2;

/** Of an audit that has to fail soon, should it begin at all: milliseconds. */
const HASTY = { statement: 1_000, deadline: 2_000 };
const HERE = 'datname = current_database()';

/** A shop as far as its audits go, with connections of its own. */
interface Instance {
  readonly job: AuditJob;
  readonly audit: Audit;
  metrics(): Promise<string>;
}

let database: TestDatabase;
let cleanUp: (() => Promise<unknown>)[];
let errors: string[];

beforeEach(async () => {
  cleanUp = [];
  errors = [];
  Logger.overrideLogger(false);
  jest.spyOn(Logger.prototype, 'error').mockImplementation((line: unknown) => void errors.push(String(line)));
  database = await openDatabase([]);
  await database.dataSource.query(
    `CREATE TABLE note (text text, page text, written_at timestamptz DEFAULT now() - interval '1 day')`,
  );
});

afterEach(async () => {
  jest.restoreAllMocks();
  for (const step of cleanUp.splice(0)) await step();
  await database?.close();
});

async function instance(snapshots = new Snapshots(database.url)): Promise<Instance> {
  const unitOfWork = await BackgroundUnitOfWork.connect(database.url);
  cleanUp.push(() => unitOfWork.onApplicationShutdown());
  const audit = new Audit(CHECKS, snapshots, PAGES_AT_ONCE);
  const registry = new Registry();
  new ShopMetrics(audit, new JobLog(unitOfWork), unitOfWork, null, registry);
  return {
    job: new AuditJob(audit, new JobRunner(unitOfWork), unitOfWork, snapshots),
    audit,
    metrics: () => registry.metrics(),
  };
}

function lines(): Promise<object[]> {
  return database.unitOfWork.query(
    `SELECT rows, error, started_at <= ended_at AS "inOrder", now() - ended_at < '1 minute' AS "isFresh"
       FROM job_run WHERE job = 'audit' ORDER BY started_at`,
  );
}

/** Somebody who lets nobody look at the table. */
async function hold(table: string): Promise<{ letGo(): Promise<unknown> }> {
  const stranger = new Client({ connectionString: database.url });
  await stranger.connect();
  cleanUp.push(() => stranger.end());
  await stranger.query(`BEGIN; LOCK TABLE ${table}`);
  return { letGo: () => stranger.query('COMMIT') };
}

async function lookIsHeldUp(): Promise<boolean> {
  const waiting = await database.unitOfWork.query(
    `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND ${HERE}`,
  );
  return waiting.length > 0;
}

/** The next firing, five minutes later. */
async function fiveMinutesPass(): Promise<void> {
  await database.unitOfWork.query(
    `UPDATE job_run SET started_at = started_at - interval '5 minutes', ended_at = ended_at - interval '5 minutes'`,
  );
  await database.unitOfWork.query(
    `UPDATE audit_walk
        SET reached = to_char(reached::timestamp - interval '5 minutes', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
      WHERE walk = 'touched'`,
  );
}

describe('the audit job', () => {
  it('of four instances that fire together audits on one, again and again', async () => {
    const instances = await Promise.all(Array.from({ length: 4 }, () => instance()));

    for (let firing = 1; firing <= 10; firing += 1) {
      const before = new Set(instances.map(({ audit }) => audit.latest));
      await Promise.all(instances.map(({ job }) => job.run()));

      expect(await lines()).toHaveLength(firing);
      const results = instances.flatMap(({ audit }) => audit.latest ?? []);
      expect(results).toEqual([expect.objectContaining({ ok: true })]);
      expect(before.has(results[0]!)).toBe(false); // nobody shows an old one beside it
      await fiveMinutesPass();
    }
    expect(errors).toEqual([]);
  });

  it('has had its turn also when another instance fires a little later', async () => {
    const [first, late] = [await instance(), await instance()];

    await first.job.run();
    await late.job.run();

    expect(await lines()).toEqual([{ rows: 0, error: null, inOrder: true, isFresh: true }]);
    expect(first.audit.latest?.ok).toBe(true);
    expect(late.audit.latest).toBeNull();
  });

  it('that is under way keeps others from beginning, however long it takes', async () => {
    const [slow, other] = [await instance(), await instance(new Snapshots(database.url, HASTY))];
    const { letGo } = await hold('note');
    const audit = slow.job.run();
    await eventually(lookIsHeldUp, Boolean);
    await fiveMinutesPass();

    await other.job.run();
    await letGo();
    await audit;

    expect(await lines()).toEqual([expect.objectContaining({ rows: 0, error: null })]);
    expect([slow.audit.latest?.ok, other.audit.latest, errors]).toEqual([true, null, []]);
  });

  it('that was cut off has seen nothing: the next one covers what it would have', async () => {
    const shop = await instance();
    await shop.job.run();
    for (let passed = 0; passed < 130; passed += 5) await fiveMinutesPass();
    await database.unitOfWork.query(`INSERT INTO note VALUES ('slightly wrong', 'z', now() - interval '70 minutes')`);
    await database.unitOfWork.query(
      `INSERT INTO job_run (id, job, started_at, ended_at, rows)
       VALUES (gen_random_uuid(), 'audit', now() - interval '5 minutes', now() - interval '5 minutes', 1)`,
    );

    await shop.job.run();

    expect(shop.audit.latest?.checks).toContainEqual(expect.objectContaining({ name: 'note.right', violations: 1 }));
  });

  it('takes a quarter of the time at most', async () => {
    const { job } = await instance();
    await database.unitOfWork.query(
      `INSERT INTO job_run (id, job, started_at, ended_at, rows)
       VALUES (gen_random_uuid(), 'audit', now() - interval '9 minutes', now() - interval '6 minutes', 0)`,
    );

    await job.run();
    expect(await lines()).toHaveLength(1);

    await fiveMinutesPass();
    await job.run();
    expect(await lines()).toHaveLength(2);
  });

  it('logs each check that is violated with a row that breaks it, and exports all of them', async () => {
    const { job, metrics } = await instance();
    await database.unitOfWork.query(`INSERT INTO note (text) VALUES ('right'), ('wrong'), ('wrong')`);

    await job.run();

    expect(errors).toEqual(['The invariant note.right is violated 2 times, first by {"text":"wrong"}']);
    const text = await metrics();
    expect(text).toContain('\nshop_invariant_violations{check="note.right"} 2\n');
    expect(text).toContain('\nshop_invariant_violations{check="note.kept"} 0\n');
    expect(await lines()).toEqual([expect.objectContaining({ rows: 2, error: null })]);
    expect(await database.unitOfWork.query('SELECT text FROM note')).toHaveLength(3);
  });

  describe('of a shop with more than can be looked at each time', () => {
    const write = (text: string, page: string, ago: string) =>
      database.unitOfWork.query('INSERT INTO note VALUES ($1, $2, now() - $3::interval)', [text, page, ago]);
    const spoil = (page: string) =>
      database.unitOfWork.query(`UPDATE note SET text = 'slightly wrong' WHERE page = $1`, [page]);
    const correct = () => database.unitOfWork.query(`UPDATE note SET text = 'right'`);

    /** Fires the job; tells how many notes it has found, and that five minutes pass. */
    async function found({ job, audit }: Instance): Promise<number | undefined> {
      await job.run();
      await fiveMinutesPass();
      return audit.latest?.checks.find(({ name }) => name === 'note.right')?.violations;
    }

    beforeEach(async () => {
      for (const page of ['a', 'b', "c's", 'd', 'e', 'f', 'g']) await write('right', page, '1 day');
    });

    it('begins with the whole, then looks at what has been touched since the last time', async () => {
      const shop = await instance();
      await write('slightly wrong', 'z', '1 day');
      expect(await found(shop)).toBe(1);
      await correct();
      expect(await found(shop)).toBe(0);

      await write('slightly wrong', 'z', '1 minute'); // after the last look
      expect(await found(shop)).toBe(1);
      await correct();
      expect(await found(shop)).toBe(0);

      await write('slightly wrong', 'z', '66 minutes');
      expect(await found(shop)).toBe(0);
    });

    it('covers again the hour before the last look', async () => {
      const shop = await instance();
      expect(await found(shop)).toBe(0);

      await write('slightly wrong', 'z', '64 minutes');

      expect(await found(shop)).toBe(1);
    });

    it('comes to each page in turn, whichever instance looks, and begins again at the end', async () => {
      const instances = [await instance(), await instance()];
      const looks = async (count: number) => {
        const seen: unknown[] = [];
        for (let i = 0; i < count; i++) seen.push(await found(instances[i % 2]!));
        return seen;
      };
      expect(await looks(1)).toEqual([0]);
      await spoil('e');

      expect(await looks(2)).toEqual([0, 1]);
      await correct();
      await looks(1); // at the whole
      await spoil('b');
      expect(await looks(2)).toEqual([0, 1]);
    });

    it('looks at the whole for as long as something is violated', async () => {
      const shop = await instance();
      expect(await found(shop)).toBe(0);
      await write('slightly wrong', 'y', '1 day');
      await write('slightly wrong', 'z', '1 minute');

      expect([await found(shop), await found(shop), await found(shop)]).toEqual([1, 2, 2]);
      await correct();
      expect(await found(shop)).toBe(0);
    });

    it('looks as far back as the last one that could be finished', async () => {
      const shop = await instance();
      expect(await found(shop)).toBe(0);
      const away = await instance(new Snapshots(`postgres://127.0.0.1:${await freePort()}/none`));
      await found(away);
      await found(away);
      await write('slightly wrong', 'z', '74 minutes');

      expect(await found(shop)).toBe(1);
    });
  });

  it('exports what it has found while it is nobody’s turn, and while it looks again', async () => {
    const { job, metrics } = await instance();
    const found = '\nshop_invariant_violations{check="note.right"} 1\n';
    await database.unitOfWork.query(`INSERT INTO note (text) VALUES ('wrong')`);
    await job.run();

    await job.run();
    expect(await lines()).toHaveLength(1);
    expect(await metrics()).toContain(found);

    await fiveMinutesPass();
    const { letGo } = await hold('note');
    const again = job.run();
    await eventually(lookIsHeldUp, Boolean);
    await job.run();
    expect(await metrics()).toContain(found);
    await letGo();
    await again;
    expect(await lines()).toHaveLength(2);
  });

  it('exports nothing that is no longer so', async () => {
    const [first, second] = [await instance(), await instance()];
    await database.unitOfWork.query(`INSERT INTO note (text) VALUES ('wrong')`);
    await first.job.run();
    await database.unitOfWork.query('DELETE FROM note');
    await fiveMinutesPass();

    await second.job.run();
    await first.job.run();

    expect(await first.metrics()).not.toContain('shop_invariant_violations{');
    expect(await second.metrics()).toContain('\nshop_invariant_violations{check="note.right"} 0\n');
  });

  it('that cannot be finished says so, throws nothing, and shows no result', async () => {
    const nowhere = `postgres://127.0.0.1:${await freePort()}/none`;
    const { job, metrics } = await instance(new Snapshots(nowhere));

    await job.run();

    expect(errors).toEqual(['The audit could not be finished']);
    expect(await lines()).toEqual([expect.objectContaining({ error: expect.stringContaining('ECONNREFUSED') })]);
    expect(await metrics()).not.toContain('shop_invariant_violations{');
  });

  it('that cannot even begin leaves its error in the job log', async () => {
    const { job, audit } = await instance();
    await database.unitOfWork.query('ALTER TABLE job_run RENAME COLUMN error TO failure');
    await job.run();
    await database.unitOfWork.query('ALTER TABLE job_run RENAME COLUMN failure TO error');

    expect(errors).toEqual(['The job audit failed']);
    expect(audit.latest).toBeNull();
    await job.run();
    expect(audit.latest?.ok).toBe(true);
  });
});
