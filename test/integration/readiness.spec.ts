import { BackgroundUnitOfWork, type Health, JobLog } from '@app/platform';
import { Logger } from '@nestjs/common';
import { uuidv7 } from 'uuidv7';
import { DatabaseReadiness } from '../../apps/shop/src/database-readiness';
import { TypeOrmUnitOfWork } from '../../libs/platform/src/database/typeorm-unit-of-work';
import { MIGRATIONS } from '../../ormconfig';
import { eventually } from '../support/eventually';
import { administer, createDatabase } from '../support/servers';
import { TcpProxy } from '../support/tcp-proxy';
import { within } from '../support/within';

const WELL = { database: 'up', migrations: 'up', durability: 'up', clock: 'up' };
const UNSAFE = { ALLOW_UNSAFE_DATABASE: 'true' } as const;
const SAFE = { ALLOW_UNSAFE_DATABASE: 'false' } as const;
/** Nothing is expected to run. */
const NO_JOBS = { lateness: async () => new Map<string, boolean>() };

const cleanUp: (() => Promise<unknown>)[] = [];
let said: [level: 'error' | 'warn' | 'log', line: string][];

beforeEach(() => {
  said = [];
  jest.spyOn(Logger.prototype, 'error').mockImplementation((line: unknown) => void said.push(['error', String(line)]));
  jest.spyOn(Logger.prototype, 'warn').mockImplementation((line: unknown) => void said.push(['warn', String(line)]));
  jest.spyOn(Logger.prototype, 'log').mockImplementation((line: unknown) => void said.push(['log', String(line)]));
});

afterEach(async () => {
  jest.restoreAllMocks();
  for (const step of cleanUp.splice(0).reverse()) await step();
});

/** A database of the test's own, and connections to it through a wire. */
async function open(
  prepare: (name: string) => readonly string[] = () => [],
): Promise<{ unitOfWork: TypeOrmUnitOfWork; wire: TcpProxy }> {
  const { url, drop } = await createDatabase();
  cleanUp.push(drop);
  for (const statement of prepare(new URL(url).pathname.slice(1))) await administer(statement);
  const wire = await TcpProxy.to(url);
  cleanUp.push(() => wire.close());
  const unitOfWork = await BackgroundUnitOfWork.connect(wire.through(url));
  cleanUp.push(() => unitOfWork.onApplicationShutdown());
  return { unitOfWork, wire };
}

/** Answers as a database with those settings would. */
function answering(settings: Record<string, unknown>): TypeOrmUnitOfWork {
  const row = { now: new Date(), hasMigrations: true, fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' };
  return {
    query: async (text: string) =>
      text.includes('clock_timestamp') ? [{ ...row, ...settings }] : MIGRATIONS.map(({ name }) => ({ name })),
  } as unknown as TypeOrmUnitOfWork;
}

describe('a database that does not answer', () => {
  it('is down within 600 ms when it is silent, for each of many who ask, and up as soon as it speaks again', async () => {
    const { unitOfWork, wire } = await open();
    const readiness = new DatabaseReadiness(unitOfWork, NO_JOBS, UNSAFE);
    expect(await readiness.check()).toEqual(WELL);

    wire.silence();
    // More than there are connections, and again after the first ones have given up.
    for (const askers of [20, 20]) {
      const answers = Promise.all(Array.from({ length: askers }, () => readiness.check()));
      expect(await within(600, answers)).toBe(true);
      for (const checks of await answers) expect(checks).toEqual({ database: 'down' });
    }
    wire.mend();

    await eventually(
      () => readiness.check(),
      ({ database }) => database === 'up',
      5_000,
    );
    expect(await readiness.check()).toEqual(WELL);
    expect(said).toEqual([
      ['error', 'Not ready: the database does not answer within 500 ms'],
      ['log', 'database is as it should be again'],
    ]);
  });

  it('is down at once when it refuses, and is told once for as long as that lasts', async () => {
    const { unitOfWork, wire } = await open();
    const readiness = new DatabaseReadiness(unitOfWork, NO_JOBS, UNSAFE);
    await readiness.check();

    for (let time = 1; time <= 2; time += 1) {
      wire.cut();
      for (let i = 0; i < 5; i += 1) expect(await readiness.check()).toEqual({ database: 'down' });
      expect(said.filter(([level]) => level === 'error')).toHaveLength(time);
      wire.mend();
      await eventually(
        () => readiness.check(),
        ({ database }) => database === 'up',
        5_000,
      );
      expect(said.filter(([level]) => level === 'log')).toHaveLength(time);
    }
  });

  it('is told at start, before anybody asks', async () => {
    const { unitOfWork, wire } = await open();
    wire.cut();

    await new DatabaseReadiness(unitOfWork, NO_JOBS, UNSAFE).onApplicationBootstrap();

    expect(said).toEqual([['error', expect.stringContaining('Not ready: the database does not answer')]]);
  });
});

describe('a database without the schema of this version', () => {
  it.each([
    ['none of the migrations', MIGRATIONS.length, 'DROP TABLE migrations'],
    ['not the last one', 1, 'DELETE FROM migrations WHERE id = (SELECT max(id) FROM migrations)'],
  ])('has had %s, and the shop is ready once it has', async (_, pending, take) => {
    const { unitOfWork } = await open();
    const readiness = new DatabaseReadiness(unitOfWork, NO_JOBS, UNSAFE);
    await unitOfWork.query('CREATE TABLE kept AS TABLE migrations');
    await unitOfWork.query(take);

    expect(await readiness.check()).toEqual({ ...WELL, migrations: 'down' });
    expect(said).toEqual([['error', `Not ready: migrations are pending: ${pending}. Run: npm run migrate`]]);

    await unitOfWork.query('DROP TABLE IF EXISTS migrations');
    await unitOfWork.query('ALTER TABLE kept RENAME TO migrations');
    expect(await readiness.check()).toEqual(WELL);
  });
});

describe('a database that may lose what it has acknowledged', () => {
  // What the server of the tests has is said for this database; only this setting can be.
  const durable = (name: string) => [`ALTER DATABASE ${name} SET synchronous_commit = on`];

  it('is not one to sell on, and is told with how to mend it', async () => {
    const { unitOfWork } = await open(durable);
    const [row] = await unitOfWork.query<Record<string, string>>(
      `SELECT current_setting('synchronous_commit') AS synchronous_commit, current_setting('fsync') AS fsync`,
    );
    expect(row).toEqual({ synchronous_commit: 'on', fsync: 'off' });

    expect(await new DatabaseReadiness(unitOfWork, NO_JOBS, SAFE).check()).toEqual({ ...WELL, durability: 'down' });

    expect(said).toEqual([
      [
        'error',
        'Not ready: the database may lose what it has acknowledged: fsync, full_page_writes off. ' +
          'Mend: ALTER SYSTEM SET fsync = on; ALTER SYSTEM SET full_page_writes = on; SELECT pg_reload_conf(); ' +
          'where losing data is fine, ALLOW_UNSAFE_DATABASE=true',
      ],
    ]);
  });

  it('is taken where somebody has said that losing data is fine', async () => {
    const { unitOfWork } = await open();

    expect(await new DatabaseReadiness(unitOfWork, NO_JOBS, UNSAFE).check()).toEqual(WELL);
    expect(said).toEqual([]);
  });

  it.each(['fsync', 'synchronous_commit', 'full_page_writes'])('has only %s off', async (setting) => {
    const readiness = new DatabaseReadiness(answering({ [setting]: 'off' }), NO_JOBS, SAFE);

    expect(await readiness.check()).toEqual({ ...WELL, durability: 'down' });
    expect(said).toEqual([['error', expect.stringContaining(`acknowledged: ${setting} off.`)]]);
  });

  it.each(['local', 'remote_write', 'on', 'remote_apply'])('has not synchronous_commit = %s', async (value) => {
    const readiness = new DatabaseReadiness(answering({ synchronous_commit: value }), NO_JOBS, SAFE);

    expect(await readiness.check()).toEqual(WELL);
  });
});

describe('a clock that is wrong', () => {
  it.each([
    ['late', -31_000, 'down'],
    ['early', 31_000, 'down'],
    ['a little late', -29_000, 'up'],
    ['a little early', 29_000, 'up'],
  ])('here, by being %s', async (_, ahead, clock) => {
    const { unitOfWork } = await open();
    let skew = 0;
    const readiness = new DatabaseReadiness(unitOfWork, NO_JOBS, UNSAFE, () => Date.now() + skew);
    expect(await readiness.check()).toEqual(WELL);

    skew = ahead;
    expect(await readiness.check()).toEqual({ ...WELL, clock });
    expect(await readiness.check()).toEqual({ ...WELL, clock });
    skew = 0;
    expect(await readiness.check()).toEqual(WELL);

    const told = [
      ['error', expect.stringMatching(/^Not ready: the clocks of this server and of the database are 3[01] s apart/)],
      ['log', 'clock is as it should be again'],
    ];
    expect(said).toEqual(clock === 'down' ? told : []);
  });
});

describe('a job that misses its turns', () => {
  const begun = (unitOfWork: TypeOrmUnitOfWork, at: string, error: string | null = null) =>
    unitOfWork.query(
      `INSERT INTO job_run (id, job, started_at, ended_at, rows, error) VALUES ($1, 'ranking', $2, $2, 0, $3)`,
      [uuidv7(), at, error],
    );

  async function expecting(): Promise<{
    unitOfWork: TypeOrmUnitOfWork;
    checkAt(time: string): Promise<Record<string, Health>>;
  }> {
    const { unitOfWork } = await open();
    let now = new Date('2026-11-26T10:01:00Z');
    const jobs = new JobLog(unitOfWork, () => now);
    jobs.expect('ranking', '*/5 * * * *');
    const readiness = new DatabaseReadiness(unitOfWork, jobs, UNSAFE);
    const checkAt = (time: string) => {
      now = new Date(time);
      return readiness.check();
    };
    return { unitOfWork, checkAt };
  }

  it('is late after the second one, and told once, until it has begun what did not fail', async () => {
    const { unitOfWork, checkAt } = await expecting();
    await begun(unitOfWork, '2026-11-26T10:05:00.070Z');

    expect(await checkAt('2026-11-26T10:15:00Z')).toEqual({ ...WELL, ranking: 'up' });
    expect(await checkAt('2026-11-26T10:15:01Z')).toEqual({ ...WELL, ranking: 'late' });
    await begun(unitOfWork, '2026-11-26T10:20:00.070Z', 'broken');
    expect(await checkAt('2026-11-26T10:21:00Z')).toEqual({ ...WELL, ranking: 'late' });
    await begun(unitOfWork, '2026-11-26T10:25:00.070Z');
    expect(await checkAt('2026-11-26T10:26:00Z')).toEqual({ ...WELL, ranking: 'up' });

    expect(said).toEqual([
      ['warn', 'the job ranking has missed two turns: the job log tells why (table job_run)'],
      ['log', 'ranking is as it should be again'],
    ]);
  });

  it('is not late for turns at which nobody was there, nor before it has ever had two', async () => {
    const { unitOfWork, checkAt } = await expecting();
    expect(await checkAt('2026-11-26T10:10:00Z')).toEqual({ ...WELL, ranking: 'up' });
    await begun(unitOfWork, '2026-11-25T18:00:00Z');

    expect(await checkAt('2026-11-26T10:10:00Z')).toEqual({ ...WELL, ranking: 'up' });
    expect(await checkAt('2026-11-26T10:10:01Z')).toEqual({ ...WELL, ranking: 'late' });
  });
});
