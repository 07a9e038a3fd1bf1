import { BackgroundUnitOfWork, type Health } from '@app/platform';
import { Logger } from '@nestjs/common';
import { DatabaseReadiness } from '../../apps/shop/src/database-readiness';
import { TypeOrmUnitOfWork } from '../../libs/platform/src/database/typeorm-unit-of-work';
import { MIGRATIONS } from '../../ormconfig';
import { eventually } from '../e2e/shopping';
import { administer, createDatabase } from '../support/servers';
import { TcpProxy } from '../support/tcp-proxy';

const WELL = { database: 'up', migrations: 'up', durability: 'up', clock: 'up' };
const UNSAFE = { ALLOW_UNSAFE_DATABASE: 'true' } as const;
const SAFE = { ALLOW_UNSAFE_DATABASE: 'false' } as const;

const cleanUp: (() => Promise<unknown>)[] = [];
let said: [level: 'error' | 'log', line: string][];

beforeEach(() => {
  said = [];
  jest.spyOn(Logger.prototype, 'error').mockImplementation((line: unknown) => void said.push(['error', String(line)]));
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

async function timed(readiness: DatabaseReadiness): Promise<{ checks: Record<string, Health>; ms: number }> {
  const started = performance.now();
  const checks = await readiness.check();
  return { checks, ms: performance.now() - started };
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
    const readiness = new DatabaseReadiness(unitOfWork, UNSAFE);
    expect(await readiness.check()).toEqual(WELL);

    wire.silence();
    // More than there are connections, and again after the first ones have given up.
    for (const askers of [20, 20]) {
      for (const { checks, ms } of await Promise.all(Array.from({ length: askers }, () => timed(readiness)))) {
        expect(checks).toEqual({ database: 'down' });
        expect(ms).toBeLessThan(600);
      }
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
    const readiness = new DatabaseReadiness(unitOfWork, UNSAFE);
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

    await new DatabaseReadiness(unitOfWork, UNSAFE).onApplicationBootstrap();

    expect(said).toEqual([['error', expect.stringContaining('Not ready: the database does not answer')]]);
  });
});

describe('a database without the schema of this version', () => {
  it.each([
    ['none of the migrations', MIGRATIONS.length, 'DROP TABLE migrations'],
    ['not the last one', 1, 'DELETE FROM migrations WHERE id = (SELECT max(id) FROM migrations)'],
  ])('has had %s, and the shop is ready once it has', async (_, pending, take) => {
    const { unitOfWork } = await open();
    const readiness = new DatabaseReadiness(unitOfWork, UNSAFE);
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

    expect(await new DatabaseReadiness(unitOfWork, SAFE).check()).toEqual({ ...WELL, durability: 'down' });

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

    expect(await new DatabaseReadiness(unitOfWork, UNSAFE).check()).toEqual(WELL);
    expect(said).toEqual([]);
  });

  it.each(['fsync', 'synchronous_commit', 'full_page_writes'])('has only %s off', async (setting) => {
    const readiness = new DatabaseReadiness(answering({ [setting]: 'off' }), SAFE);

    expect(await readiness.check()).toEqual({ ...WELL, durability: 'down' });
    expect(said).toEqual([['error', expect.stringContaining(`acknowledged: ${setting} off.`)]]);
  });

  it.each(['local', 'remote_write', 'on', 'remote_apply'])('has not synchronous_commit = %s', async (value) => {
    const readiness = new DatabaseReadiness(answering({ synchronous_commit: value }), SAFE);

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
    const readiness = new DatabaseReadiness(unitOfWork, UNSAFE, () => Date.now() + skew);
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
