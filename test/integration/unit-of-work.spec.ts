import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { databaseOptions } from '../../libs/platform/src/database/database-options';
import {
  isConnectionFailure,
  isPoolExhausted,
  isTooSlow,
  isUnavailability,
  isUniqueViolation,
} from '../../libs/platform/src/database/failures';
import { TypeOrmUnitOfWork } from '../../libs/platform/src/database/typeorm-unit-of-work';
import { openDatabase, type TestDatabase, times } from '../support/database';
import { TcpProxy } from '../support/tcp-proxy';
import { within } from '../support/within';

const DEADLINE = 300;
let database: TestDatabase;
/** The same as `database`, with a deadline that a test can wait for. */
let hasty: TestDatabase;

beforeAll(async () => {
  database = await openDatabase([], { isHasty: true });
  hasty = await openDatabase([], { deadline: DEADLINE, isHasty: true });
  for (const { dataSource } of [database, hasty]) await dataSource.query('CREATE TABLE note (text text UNIQUE)');
});

afterAll(async () => {
  await database?.close();
  await hasty?.close();
});

const write = ({ unitOfWork }: TestDatabase, text: string) =>
  unitOfWork.query('INSERT INTO note (text) VALUES ($1)', [text]);

/** By a connection of its own, as everybody else sees it. */
async function isStored({ dataSource }: TestDatabase, text: string): Promise<boolean> {
  return (await dataSource.query<unknown[]>('SELECT FROM note WHERE text = $1', [text])).length > 0;
}

async function pidOf(unitOfWork: TypeOrmUnitOfWork): Promise<number> {
  const [row] = await unitOfWork.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return row?.pid ?? 0;
}

async function gone({ dataSource }: TestDatabase, pid: number): Promise<void> {
  while ((await dataSource.query<unknown[]>('SELECT FROM pg_stat_activity WHERE pid = $1', [pid])).length > 0);
}

/** More units of work at once than the pool has connections: each one commits, on a connection that is not `broken`. */
async function expectUsablePool(database: TestDatabase, broken: number): Promise<void> {
  // One with time: that of a hasty unit of work may not be enough to open twenty connections.
  const on = { ...database, unitOfWork: new TypeOrmUnitOfWork(database.dataSource) };
  const texts = Array.from({ length: 40 }, () => randomUUID());
  const use = (i: number): Promise<number> =>
    on.unitOfWork.run(async () => {
      await write(on, texts[i] ?? '');
      return pidOf(on.unitOfWork);
    });
  const pids = await times(40, async (i) => {
    for (;;) {
      try {
        return await use(i);
      } catch (error) {
        // On a busy machine opening twenty may take longer than one may wait for a connection.
        if (!isPoolExhausted(error)) throw error;
      }
    }
  });
  expect(pids.filter(({ status }) => status === 'rejected')).toEqual([]);
  expect(pids).not.toContainEqual({ status: 'fulfilled', value: broken });
  expect(await on.dataSource.query('SELECT text FROM note WHERE text = ANY($1)', [texts])).toHaveLength(40);
}

describe('a unit of work', () => {
  it('stores everything at its end and nothing before', async () => {
    const [one, other] = [randomUUID(), randomUUID()];

    const result = await database.unitOfWork.run(async () => {
      await write(database, one);
      await write(database, other);
      expect(await isStored(database, one)).toBe(false);
      return 'done';
    });

    expect(result).toBe('done');
    expect(await isStored(database, one)).toBe(true);
    expect(await isStored(database, other)).toBe(true);
  });

  it('stores nothing when the work fails, and tells why', async () => {
    const text = randomUUID();
    const failure = new Error('the work failed');

    const run = database.unitOfWork.run(async () => {
      await write(database, text);
      throw failure;
    });

    await expect(run).rejects.toBe(failure);
    expect(await isStored(database, text)).toBe(false);
  });

  it('is one with the unit of work that is running already', async () => {
    const text = randomUUID();
    const { unitOfWork } = database;

    const run = unitOfWork.run(async () => {
      const outer = await pidOf(unitOfWork);
      expect(await unitOfWork.run(() => pidOf(unitOfWork))).toBe(outer);
      await unitOfWork.run(() => write(database, text));
      expect(await isStored(database, text)).toBe(false);
      throw new Error('the outer work failed');
    });

    await expect(run).rejects.toThrow('the outer work failed');
    expect(await isStored(database, text)).toBe(false);
  });

  it('calls what is to follow the commit after it, once and in order', async () => {
    const text = randomUUID();
    const told: string[] = [];

    const seen = await new Promise<boolean>((resolve, reject) => {
      const run = database.unitOfWork.run(async () => {
        await database.unitOfWork.run(async () => database.unitOfWork.afterCommit(() => told.push('inner')));
        database.unitOfWork.afterCommit(() => told.push('outer'));
        database.unitOfWork.afterCommit(() => isStored(database, text).then(resolve, reject));
        await write(database, text);
        expect(told).toEqual([]);
      });
      run.catch(reject);
    });

    expect(told).toEqual(['inner', 'outer']);
    expect(seen).toBe(true);
  });

  it('never calls what is to follow the commit when the work or the commit fails', async () => {
    const told: string[] = [];
    const failing = [
      async () => Promise.reject(new Error('no')),
      async () => database.unitOfWork.query('SELECT 1/0').catch(() => undefined),
    ];

    const ends = await times(2, (i) =>
      database.unitOfWork.run(async () => {
        database.unitOfWork.afterCommit(() => told.push('called'));
        await failing[i]?.();
      }),
    );

    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(told).toEqual([]);
  });

  it('stands when something that follows its commit fails, and so does what else follows it', async () => {
    const text = randomUUID();
    const told: string[] = [];
    const logged = jest.spyOn(Logger.prototype, 'error').mockImplementation();
    const { unitOfWork } = database;

    const result = await unitOfWork.run(async () => {
      unitOfWork.afterCommit(() => told.push('first'));
      unitOfWork.afterCommit(() => {
        throw new Error('it failed');
      });
      unitOfWork.afterCommit(() => told.push('last'));
      await write(database, text);
      return 'done';
    });

    expect(result).toBe('done');
    expect(told).toEqual(['first', 'last']);
    expect(await isStored(database, text)).toBe(true);
    expect(logged).toHaveBeenCalledWith(expect.any(String), new Error('it failed'));
    logged.mockRestore();
  });

  it('waits for a lock no longer than it is told, and only this one', async () => {
    const { unitOfWork } = database;
    const held = randomUUID();
    await write(database, held);
    const limit = async () => (await unitOfWork.query<{ lock_timeout: string }>('SHOW lock_timeout'))[0]?.lock_timeout;
    const holder = database.dataSource.createQueryRunner();
    await holder.startTransaction();
    await holder.query('SELECT FROM note WHERE text = $1 FOR UPDATE', [held]);

    const failure = unitOfWork
      .run(async () => {
        unitOfWork.limit('lock_timeout', 50);
        await unitOfWork.query('SELECT FROM note WHERE text = $1 FOR UPDATE', [held]);
      })
      .catch((error: unknown) => error);

    expect(await within(1_000, failure)).toBe(true);
    expect(isTooSlow(await failure)).toBe(true);
    await holder.rollbackTransaction();
    await holder.release();
    expect(new Set((await times(20, limit)).map((end) => end.status === 'fulfilled' && end.value))).toEqual(
      new Set(['2s']),
    );
    expect(() => unitOfWork.limit('lock_timeout', 50)).toThrow('an open unit of work is required');
  });

  it('refuses to commit after a failed statement that the work swallowed', async () => {
    const [taken, lost] = [randomUUID(), randomUUID()];
    await write(database, taken);

    // Many, because the client may learn of the failure before it learns that the transaction has failed.
    const ends = await times(100, (i) =>
      database.unitOfWork.run(async () => {
        await write(database, `${lost}${i}`);
        await (i % 2 ? write(database, taken) : database.unitOfWork.query('SELECT 1/0')).catch(() => undefined);
      }),
    );

    for (const end of ends) expect(String(end.status === 'rejected' && end.reason)).toMatch(/swallowed/);
    expect(await database.dataSource.query('SELECT FROM note WHERE text LIKE $1', [`${lost}%`])).toEqual([]);
    await expectUsablePool(database, 0);
  });

  it('stores what was sent without waiting, in the order in which it was sent', async () => {
    const text = randomUUID();
    const { unitOfWork } = database;

    await unitOfWork.run(async () => {
      unitOfWork.send('INSERT INTO note (text) VALUES ($1)', [text]);
      unitOfWork.send('UPDATE note SET text = text || $2 WHERE text = $1', [text, ' again']);
    });

    expect(await isStored(database, `${text} again`)).toBe(true);
    expect(() => unitOfWork.send('SELECT 1', [])).toThrow('an open unit of work is required');
  });

  it('stores nothing when a statement fails that was sent without waiting, and tells of the first that did', async () => {
    const [taken, lost] = [randomUUID(), randomUUID()];
    const { unitOfWork } = database;
    await write(database, taken);

    const ends = await times(40, (i) =>
      unitOfWork.run(async () => {
        for (const text of [`${lost}${i}`, taken, `${lost}${i} later`]) {
          unitOfWork.send('INSERT INTO note (text) VALUES ($1)', [text]);
        }
      }),
    );

    for (const end of ends) expect(isUniqueViolation(end.status === 'rejected' && end.reason)).toBe(true);
    expect(await database.dataSource.query('SELECT FROM note WHERE text LIKE $1', [`${lost}%`])).toEqual([]);
    await expectUsablePool(database, 0);
  });

  it('stores nothing when the work fails before anything is answered', async () => {
    const text = randomUUID();

    const ends = await times(40, () =>
      database.unitOfWork.run(async () => {
        database.unitOfWork.send('INSERT INTO note (text) VALUES ($1)', [text]);
        throw new Error('the work failed');
      }),
    );

    for (const end of ends) expect(String(end.status === 'rejected' && end.reason)).toMatch('the work failed');
    expect(await isStored(database, text)).toBe(false);
    await expectUsablePool(database, 0);
  });

  it.each(['committed', 'rolled back'])('sends nothing of what comes when it is %s', async (end) => {
    const text = randomUUID();
    let goOn = (): void => undefined;
    const ended = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const late: Promise<unknown>[] = [];
    const unit = database.unitOfWork.run(async () => {
      late.push(ended.then(() => write(database, text)));
      if (end === 'rolled back') throw new Error('no');
    });
    await unit.catch(() => undefined);
    goOn();

    await expect(late[0]).rejects.toThrow('the unit of work has ended');
    expect(await isStored(database, text)).toBe(false);
  });

  it('has one time for all its decisions: that of its start, by the clock of the database', async () => {
    const { unitOfWork, clock } = database;

    const [first, second, started] = await unitOfWork.run(async () => {
      await unitOfWork.query('SELECT pg_sleep(0.02)');
      const before = await clock.now();
      await unitOfWork.query('SELECT pg_sleep(0.02)');
      const [row] = await unitOfWork.query<{ now: Date }>('SELECT now()::timestamptz(3) AS now');
      return [before, await unitOfWork.run(() => clock.now()), row?.now];
    });

    expect(second).toEqual(first);
    expect(started).toEqual(first);
    expect((await clock.now()).getTime()).toBeGreaterThan((first as Date).getTime());
  });
});

describe('outside of a unit of work', () => {
  it('a statement stands for itself', async () => {
    const text = randomUUID();

    await write(database, text);

    expect(await isStored(database, text)).toBe(true);
  });

  it('every kind of statement gives its rows', async () => {
    const text = randomUUID();
    const { unitOfWork } = database;

    expect(await write(database, text)).toEqual([]);
    expect(await unitOfWork.query('UPDATE note SET text = text WHERE text = $1 RETURNING text', [text])).toEqual([
      { text },
    ]);
    expect(await unitOfWork.query('DELETE FROM note WHERE text = $1 RETURNING text', [text])).toEqual([{ text }]);
    expect(await unitOfWork.query('DELETE FROM note WHERE text = $1', [text])).toEqual([]);
  });

  it('a statement waits for a connection no longer than a second', async () => {
    const taken = await times(20, async () => {
      const runner = database.dataSource.createQueryRunner();
      await runner.connect();
      return runner;
    });

    const asked = database.unitOfWork.query('SELECT 1').catch((error: unknown) => error);

    expect(await within(1_200, asked)).toBe(true);
    const failure = await asked;
    expect(isPoolExhausted(failure)).toBe(true);
    expect(isConnectionFailure(failure)).toBe(false);
    for (const end of taken) if (end.status === 'fulfilled') await end.value.release();
    await expectUsablePool(database, 0);
  });

  it('nothing can be locked, and nothing can be left for after the commit', () => {
    expect(() => database.unitOfWork.manager).toThrow('an open unit of work is required');
    expect(() => database.unitOfWork.afterCommit(() => undefined)).toThrow('an open unit of work is required');
  });
});

describe('a unit of work that passes its deadline', () => {
  it('loses its connection in the middle of a wait for a lock, and no later commit stores its work', async () => {
    const [held, failed] = [randomUUID(), randomUUID()];
    await write(hasty, held);
    const holder = hasty.dataSource.createQueryRunner();
    await holder.startTransaction();
    await holder.query('SELECT FROM note WHERE text = $1 FOR UPDATE', [held]);
    let pid = 0;

    const run = hasty.unitOfWork.run(async () => {
      pid = await pidOf(hasty.unitOfWork);
      await write(hasty, failed);
      await hasty.unitOfWork.query('SELECT FROM note WHERE text = $1 FOR UPDATE', [held]);
    });

    const ended = run.catch(() => undefined);
    expect(await within(DEADLINE + 1_000, ended)).toBe(true);
    await expect(run).rejects.toThrow(/Connection terminated/);
    await expectUsablePool(hasty, pid);
    await holder.rollbackTransaction();
    await holder.release();
    await gone(hasty, pid);
    await expectUsablePool(hasty, pid);
    expect(await isStored(hasty, failed)).toBe(false);
  });

  it('is refused its commit when it was busy with something else', async () => {
    const failed = randomUUID();
    let pid = 0;

    const run = hasty.unitOfWork.run(async () => {
      pid = await pidOf(hasty.unitOfWork);
      await write(hasty, failed);
      await gone(hasty, pid);
    });

    await expect(run).rejects.toThrow(/Connection terminated|not queryable/);
    await expectUsablePool(hasty, pid);
    expect(await isStored(hasty, failed)).toBe(false);
  });
});

describe('a wire that falls silent', () => {
  it.each<[string, (unitOfWork: TypeOrmUnitOfWork) => Promise<unknown>]>([
    ['a statement on its own', (unitOfWork) => unitOfWork.query('SELECT 1')],
    ['a unit of work', (unitOfWork) => unitOfWork.run(() => unitOfWork.query('SELECT 1'))],
    ['the time', (unitOfWork) => unitOfWork.now()],
  ])('holds %s no longer than its deadline, and what comes after it goes on', async (_, call) => {
    const proxy = await TcpProxy.to(hasty.url);
    const dataSource = await new DataSource(databaseOptions(proxy.through(hasty.url))).initialize();
    const unitOfWork = new TypeOrmUnitOfWork(dataSource, DEADLINE);
    try {
      await times(5, () => call(unitOfWork));

      proxy.silence();
      const ends = times(40, () => call(unitOfWork));
      // Those without an open connection wait a second for one.
      expect(await within(DEADLINE + 1_500, ends)).toBe(true);
      for (const end of await ends) expect(end.status === 'rejected' && isUnavailability(end.reason)).toBe(true);

      proxy.mend();
      await expectUsablePool({ ...hasty, dataSource, unitOfWork }, 0);
    } finally {
      await dataSource.destroy();
      await proxy.close();
    }
  });
});

describe('a unit of work whose connection is killed', () => {
  it.each([
    ['while a statement runs', () => database.unitOfWork.query('SELECT pg_terminate_backend(pg_backend_pid())')],
    ['before a statement', () => database.unitOfWork.query('SELECT 1')],
    ['before a statement of TypeORM', () => database.unitOfWork.manager.query('SELECT 1')],
    ['before its commit', () => Promise.resolve()],
  ])('%s stores nothing, and the next ones go on', async (when, next) => {
    const failed = randomUUID();
    let pid = 0;

    const run = database.unitOfWork.run(async () => {
      pid = await pidOf(database.unitOfWork);
      await write(database, failed);
      if (when !== 'while a statement runs') {
        await database.dataSource.query('SELECT pg_terminate_backend($1)', [pid]);
        await gone(database, pid);
      }
      await next();
    });

    const failure = await run.catch((error: unknown) => error);
    expect(isConnectionFailure(failure)).toBe(true);
    await expectUsablePool(database, pid);
    expect(await isStored(database, failed)).toBe(false);
  });
});
