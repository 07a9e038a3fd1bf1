import { type AddressInfo, createServer } from 'node:net';
import { BackgroundUnitOfWork, DatabaseModule, loadEnv, Snapshots } from '@app/platform';
import { Test, type TestingModule } from '@nestjs/testing';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { envModule } from '../../libs/platform/src/config/env.module';
import { databaseOptions, type SessionSettings } from '../../libs/platform/src/database/database-options';
import { isUnavailability } from '../../libs/platform/src/database/failures';
import { TypeOrmUnitOfWork } from '../../libs/platform/src/database/typeorm-unit-of-work';
import { createDataSource } from '../../ormconfig';
import { atOnce } from '../e2e/shopping';
import { eventually } from '../support/eventually';
import { createDatabase } from '../support/servers';

/** By the server, in its own units: milliseconds, and seconds for keepalives. */
const SETTINGS = {
  application_name: 'jangteo',
  client_connection_check_interval: '5000',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  enable_seqscan: 'off',
  idle_in_transaction_session_timeout: '5000',
  jit: 'off',
  lock_timeout: '2000',
  statement_timeout: '3000',
  tcp_keepalives_count: '3',
  tcp_keepalives_idle: '30',
  tcp_keepalives_interval: '10',
  /** Where the server knows it. */
  transaction_timeout: '5000',
};

let database: Awaited<ReturnType<typeof createDatabase>>;
const cleanUp: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  database = await createDatabase();
  cleanUp.push(() => database.drop());
});

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function connect(options: DataSourceOptions): Promise<DataSource> {
  const dataSource = await new DataSource(options).initialize();
  cleanUp.push(() => dataSource.destroy());
  return dataSource;
}

/** Of who changes or reads whole tables. */
const ANY_PLAN = { enable_hashjoin: 'on', enable_mergejoin: 'on', enable_seqscan: 'on' };

/** What one session has, of what the server knows. The pause keeps it while the others get theirs. */
const SHOW = `
  SELECT pg_backend_pid() AS pid, pg_sleep(0.5) IS NULL AS slept,
         (SELECT json_object_agg(name, setting) FROM pg_settings WHERE name = ANY('{${Object.keys(SETTINGS)}}')) AS settings`;

interface Session {
  readonly pid: number;
  readonly settings: Record<string, string>;
}

async function expected(dataSource: DataSource): Promise<Record<string, string>> {
  const known: { name: string }[] = await dataSource.query('SELECT name FROM pg_settings');
  const names = new Set(known.map(({ name }) => name));
  return Object.fromEntries(Object.entries(SETTINGS).filter(([name]) => names.has(name)));
}

describe('the settings of a session', () => {
  let service: TestingModule;

  beforeEach(async () => {
    const env = loadEnv({ DATABASE_URL: database.url, REDIS_URL: 'memory:' });
    service = await Test.createTestingModule({ imports: [envModule(env), DatabaseModule] }).compile();
    await service.init();
    cleanUp.push(() => service.close());
  });

  it.each<[string, number, () => TypeOrmUnitOfWork]>([
    ['customers', 20, () => service.get(TypeOrmUnitOfWork)],
    ['the background', 2, () => service.get(BackgroundUnitOfWork)],
  ])('are in each connection of %s, and there are no more than %i', async (_, size, unitOfWork) => {
    const sessions = await atOnce(size, () => unitOfWork().query<Session>(SHOW));

    const settings = await expected(service.get(DataSource));
    expect(new Set(sessions.map(([session]) => session!.pid)).size).toBe(size);
    for (const [session] of sessions) expect(session!.settings).toEqual(settings);
    const more = await atOnce(size + 1, () => unitOfWork().query<Session>(SHOW));
    expect(new Set(more.map(([session]) => session!.pid)).size).toBe(size);
  });

  it('are in the connections that replace those that were lost', async () => {
    const unitOfWork = service.get(BackgroundUnitOfWork);
    const before = await atOnce(2, () => unitOfWork.query<Session>(SHOW));
    const pids = before.map(([session]) => session!.pid);
    await service.get(DataSource).query('SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid', [pids]);

    const after = await eventually(
      () => atOnce(2, () => unitOfWork.query<Session>(SHOW).catch(() => [])),
      (sessions) => sessions.flat().length === 2,
    );

    for (const [session] of after) {
      expect(pids).not.toContain(session!.pid);
      expect(session!.settings).toEqual(await expected(service.get(DataSource)));
    }
  });
});

it('of a name that the server does not know are left out, and the others are set', async () => {
  const session = { of_a_later_version: 1, lock_timeout: 1_234 } as SessionSettings;
  const dataSource = await connect(databaseOptions(database.url, { session }));

  const [{ limit, unknown }] = await dataSource.query(
    `SELECT current_setting('lock_timeout') AS limit, current_setting('of_a_later_version', true) AS unknown`,
  );

  expect([limit, unknown]).toEqual(['1234ms', null]);
});

it('let a migration take its time, but not wait for a lock for ever', async () => {
  const dataSource = await createDataSource(database.url).initialize();
  cleanUp.push(() => dataSource.destroy());

  const [{ settings }] = await dataSource.query(SHOW);

  expect(settings).toEqual({
    ...(await expected(dataSource)),
    statement_timeout: '0',
    ...('transaction_timeout' in settings && { transaction_timeout: '0' }),
    lock_timeout: '10000',
    ...ANY_PLAN,
  });
});

it('let a snapshot be read as the server thinks best', async () => {
  const [settings] = await new Snapshots(database.url).read((query) =>
    query(
      `SELECT json_object_agg(name, setting) AS plan FROM pg_settings WHERE name = ANY('{${Object.keys(ANY_PLAN)}}')`,
    ),
  );

  expect(settings).toEqual({ plan: ANY_PLAN });
});

/** A server that hears how it is greeted, and hangs up. */
async function greeting(connectTo: (url: string) => Promise<unknown>): Promise<string[]> {
  const server = createServer();
  const heard = new Promise<Buffer>((resolve) => {
    server.on('connection', (socket) => {
      socket.once('data', (bytes) => {
        resolve(bytes);
        socket.destroy();
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => new Promise((resolve) => server.close(resolve)));
  const { port } = server.address() as AddressInfo;
  await expect(connectTo(`postgres://kim@127.0.0.1:${port}/shop`)).rejects.toThrow();
  const parts = (await heard).subarray(8).toString().split('\0');
  return parts.filter((part, i) => i % 2 === 0 && part !== '');
}

it.each<[string, (url: string) => Promise<unknown>]>([
  ['a snapshot', (url) => new Snapshots(url).read(async () => undefined)],
  ['the pool', (url) => new DataSource(databaseOptions(url)).initialize()],
])(
  '%s asks for no settings when it connects: a pooler would refuse those that it does not know',
  async (_, connectTo) => {
    const asked = await greeting(connectTo);

    expect(asked.sort()).toEqual(['application_name', 'client_encoding', 'database', 'user']);
  },
);

describe('a transaction that', () => {
  /** Short enough for a test, and shorter than the deadline on this side, so that it is the server that ends it. */
  const LIMIT = 300;

  it.each<
    [string, SessionSettings, (unitOfWork: TypeOrmUnitOfWork, isOver: () => Promise<boolean>) => Promise<unknown>]
  >([
    [
      'idles for too long',
      { idle_in_transaction_session_timeout: LIMIT },
      (_, isOver) => eventually(isOver, (over) => over),
    ],
    [
      'takes too long, statement by statement',
      { transaction_timeout: LIMIT },
      async (unitOfWork) => {
        for (let i = 0; i < 30; i += 1) await unitOfWork.query('SELECT pg_sleep(0.05)');
      },
    ],
  ])(
    '%s is ended by the server: unavailable, nothing is stored, and its locks are free',
    async (what, session, dawdle) => {
      const others = await connect(databaseOptions(database.url));
      if (what.startsWith('takes') && !('transaction_timeout' in (await expected(others)))) return;
      await others.query('CREATE TABLE note (text text)');
      await others.query(`INSERT INTO note VALUES ('before')`);
      const unitOfWork = new TypeOrmUnitOfWork(await connect(databaseOptions(database.url, { session })));

      const failure = await unitOfWork
        .run(async () => {
          const [row] = await unitOfWork.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
          await unitOfWork.query(`UPDATE note SET text = 'lost'`);
          await dawdle(unitOfWork, async () => {
            const alive: unknown[] = await others.query('SELECT FROM pg_stat_activity WHERE pid = $1', [row!.pid]);
            return alive.length === 0;
          });
          await unitOfWork.query(`INSERT INTO note VALUES ('lost too')`);
        })
        .then(
          () => 'nothing failed',
          (error: unknown) => error,
        );

      expect(isUnavailability(failure)).toBe(true);
      expect(await others.query('SELECT text FROM note FOR UPDATE NOWAIT')).toEqual([{ text: 'before' }]);
      await unitOfWork.run(() => unitOfWork.query(`UPDATE note SET text = 'after'`));
      expect(await others.query('SELECT text FROM note')).toEqual([{ text: 'after' }]);
    },
  );
});
