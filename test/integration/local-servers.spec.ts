import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { type LocalServer, LocalServerError, until } from '../../apps/local/src/local-server';
import { freePort } from '../../apps/local/src/ports';
import { ensureDatabase, startPostgres } from '../../apps/local/src/postgres';
import { isAlive, refOf } from '../../apps/local/src/process-ref';
import { startRedis } from '../../apps/local/src/redis';
import { Steps } from '../../apps/local/src/steps';

const root = path.join(__dirname, '../..');
const cacheDir = path.join(root, '.cache/redis');

/** A program of its own that starts a server, says where, and stays. It stands for the shop. */
const OWNER = `
const { transformFileSync } = require('@swc/core');
const options = { swcrc: false, module: { type: 'commonjs' }, jsc: { target: 'es2022', parser: { syntax: 'typescript' } } };
require.extensions['.ts'] = (module, file) => module._compile(transformFileSync(file, options).code, file);
const [kind, dir, cacheDir] = process.argv.slice(1);
const { startPostgres } = require('./apps/local/src/postgres');
const { startRedis } = require('./apps/local/src/redis');
(kind === 'postgres' ? startPostgres({ dir }) : startRedis({ dir, cacheDir }).then(({ server }) => server)).then((server) => {
  process.stdout.write(JSON.stringify({ url: server.url(), port: server.port }) + '\\n');
  setInterval(() => {}, 1000);
});
`;

const templateHome = fs.mkdtempSync(path.join(os.tmpdir(), 'jangteo-cluster-'));
const servers: LocalServer[] = [];
const programs: ChildProcess[] = [];
let home: string;
let dir: string;

beforeAll(async () => {
  fs.chmodSync(templateHome, 0o755);
  const server = await startPostgres({ dir: path.join(templateHome, 'postgres') });
  await server.stop();
});

afterAll(() => fs.rmSync(templateHome, { recursive: true, force: true }));

beforeEach(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'jangteo-local-'));
  // As root the server runs as another user, who must be able to pass.
  fs.chmodSync(home, 0o755);
  dir = path.join(home, 'postgres');
});

afterEach(async () => {
  for (const program of programs.splice(0)) program.kill('SIGKILL');
  for (const server of servers.splice(0)) await server.stop();
  fs.rmSync(home, { recursive: true, force: true });
});

/** Puts a cluster into the folder that was made and stopped before: copying is faster than making one. */
function haveCluster(): void {
  execFileSync('cp', ['-a', path.join(templateHome, 'postgres'), dir]);
}

async function start(options: { port?: number } = {}): Promise<LocalServer> {
  const server = await startPostgres({ dir, ...options });
  servers.push(server);
  return server;
}

async function startOwner(kind: 'postgres' | 'redis'): Promise<{ program: ChildProcess; url: string; port: number }> {
  const program = spawn(process.execPath, ['-e', OWNER, kind, dir, cacheDir], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  programs.push(program);
  const [line] = (await once(createInterface(program.stdout as NodeJS.ReadableStream), 'line')) as [string];
  return { program, ...(JSON.parse(line) as { url: string; port: number }) };
}

async function kill(program: ChildProcess): Promise<void> {
  program.kill('SIGKILL');
  await once(program, 'exit');
}

async function ask<T>(url: string, statement: string): Promise<T[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(statement)).rows as T[];
  } finally {
    await client.end();
  }
}

/** Commits a row that must be there again afterwards. */
async function keepNote(server: LocalServer): Promise<void> {
  await ask(server.url(), "CREATE TABLE note AS SELECT 'kept' AS text");
}

async function notes(server: LocalServer): Promise<string[]> {
  return (await ask<{ text: string }>(server.url(), 'SELECT text FROM note')).map(({ text }) => text);
}

function postmaster(): number {
  return Number(fs.readFileSync(path.join(dir, 'postmaster.pid'), 'utf8').split('\n')[0]);
}

function record(name = 'postgres.owner'): { server: { pid: number }; guard: { pid: number } } {
  return JSON.parse(fs.readFileSync(path.join(home, name), 'utf8'));
}

async function isListening(port: number): Promise<boolean> {
  const socket = net.connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function occupy(port: number): Promise<net.Server> {
  const server = net.createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

describe('the PostgreSQL of the package', () => {
  beforeEach(haveCluster);

  it("keeps its data over a stop and a start, and PostgreSQL's durable defaults", async () => {
    const first = await start();
    await keepNote(first);
    await first.stop();
    expect(await isListening(first.port)).toBe(false);

    const second = await start();

    expect(second.adopted).toBe(false);
    expect(second.description).toMatch(/^PostgreSQL \d+\.\d+ \(embedded\)$/);
    expect(await notes(second)).toEqual(['kept']);
    const settings = await ask<{ name: string; setting: string }>(
      second.url(),
      `SELECT name, setting FROM pg_settings
       WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses', 'max_connections')`,
    );
    expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
      fsync: 'on',
      synchronous_commit: 'on',
      full_page_writes: 'on',
      listen_addresses: '127.0.0.1',
      max_connections: '200',
    });
  });

  it('lets nobody in without the password', async () => {
    const server = await start();
    const url = new URL(server.url());
    url.password = 'guessed';

    await expect(ask(url.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it('makes a database once', async () => {
    const server = await start();

    const url = await ensureDatabase(server, 'shop');
    await ensureDatabase(server, 'shop');

    expect(await ask(url, 'SELECT current_database() AS name')).toEqual([{ name: 'shop' }]);
  });

  it('recovers what was committed before a kill -9 of the server', async () => {
    const first = await start();
    await keepNote(first);
    const killed = refOf(postmaster());
    process.kill(killed.pid, 'SIGKILL');

    const second = await start();

    expect(second.adopted).toBe(false);
    expect(isAlive(killed)).toBe(false);
    expect(await notes(second)).toEqual(['kept']);
  });

  it.each([
    ['of a process that is gone', () => 2 ** 22 - 1],
    ["that has become another program's", () => process.pid],
  ])('starts in spite of a pid file %s', async (_, pid) => {
    const first = await start();
    const file = path.join(dir, 'postmaster.pid');
    const stale = fs.readFileSync(file, 'utf8').replace(/^\d+/, String(pid()));
    await first.stop();
    fs.writeFileSync(file, stale);

    const second = await start();

    expect(postmaster()).not.toBe(pid());
    expect(await ask(second.url(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('stops by itself when its owner is killed, and starts again with what was committed', async () => {
    const owner = await startOwner('postgres');
    await ask(owner.url, "CREATE TABLE note AS SELECT 'kept' AS text");
    const server = refOf(postmaster());

    await kill(owner.program);

    expect(await until(() => !isAlive(server), 10_000)).toBe(true);
    expect(await notes(await start())).toEqual(['kept']);
  });

  it('starts at once after its owner was killed, while the old server is still going down', async () => {
    const owner = await startOwner('postgres');
    const old = refOf(postmaster());
    await kill(owner.program);

    const server = await start();

    expect(isAlive(old)).toBe(false);
    expect(server.adopted).toBe(false);
    expect(await ask(server.url(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('adopts the server that is left over when owner and guard are killed, and can stop it', async () => {
    const owner = await startOwner('postgres');
    const server = refOf(postmaster());
    process.kill(record().guard.pid, 'SIGKILL');
    await kill(owner.program);

    const adopted = await start();

    expect(adopted.adopted).toBe(true);
    expect(adopted.port).toBe(owner.port);
    expect(postmaster()).toBe(server.pid);
    expect(await ask(adopted.url(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await adopted.stop();
    expect(isAlive(server)).toBe(false);
  });

  it('shares the server of another live program, and leaves it running', async () => {
    const owner = await startOwner('postgres');

    const shared = await start();
    await shared.stop();

    expect(shared.adopted).toBe(true);
    expect(await ask(owner.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('replaces a left-over server that nothing is written down about', async () => {
    const owner = await startOwner('postgres');
    const old = refOf(postmaster());
    process.kill(record().guard.pid, 'SIGKILL');
    await kill(owner.program);
    fs.rmSync(path.join(home, 'postgres.owner'));

    const server = await start();

    expect(server.adopted).toBe(false);
    expect(isAlive(old)).toBe(false);
    expect(await ask(server.url(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('says that the port which was asked for is taken', async () => {
    const port = await freePort();
    const occupant = await occupy(port);
    try {
      const refused = startPostgres({ dir, port });

      await expect(refused).rejects.toThrow(LocalServerError);
      await expect(refused).rejects.toThrow(`Port ${port} on 127.0.0.1 is in use`);
    } finally {
      occupant.close();
    }
  });

  it('goes round a taken port when none was asked for', async () => {
    const first = await start();
    await first.stop();
    const occupant = await occupy(first.port);
    try {
      const second = await start();

      expect(second.port).not.toBe(first.port);
      expect(await ask(second.url(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    } finally {
      occupant.close();
    }
  });
});

describe('the first start of PostgreSQL', () => {
  it('makes one server of two starts at the same time', async () => {
    const [one, other] = await Promise.all([start(), start()]);

    expect([one.adopted, other.adopted].sort()).toEqual([false, true]);
    expect(one.url()).toBe(other.url());
  });

  it('begins anew when the first start was killed half-way', async () => {
    fs.mkdirSync(`${dir}.new/base`, { recursive: true });
    fs.writeFileSync(`${dir}.new/PG_VERSION`, '18\n');

    const server = await start();

    expect(await ask(server.url(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(fs.readdirSync(home).filter((name) => name.includes('.new'))).toEqual([]);
  });

  it('does not touch a folder that holds something else', async () => {
    fs.mkdirSync(dir);
    fs.writeFileSync(path.join(dir, 'letter.txt'), 'mine');

    await expect(startPostgres({ dir })).rejects.toThrow(/holds something else/);

    expect(fs.readFileSync(path.join(dir, 'letter.txt'), 'utf8')).toBe('mine');
  });

  it('says that the data is of another version', async () => {
    fs.mkdirSync(dir);
    fs.writeFileSync(path.join(dir, 'PG_VERSION'), '15\n');

    await expect(startPostgres({ dir })).rejects.toThrow(/was made by PostgreSQL 15/);
  });

  const asRoot = process.getuid?.() === 0 ? it : it.skip;
  asRoot('names the folder that its user cannot enter, with the fix', async () => {
    const closed = path.join(home, 'closed');
    fs.mkdirSync(closed, { mode: 0o700 });

    const refused = startPostgres({ dir: path.join(closed, 'data', 'postgres') });

    await expect(refused).rejects.toThrow(new RegExp(`cannot enter ${closed}\\.\n.*chmod o\\+x ${closed}\n`));
  });
});

describe('the Redis of this machine', () => {
  async function startReal(): Promise<LocalServer> {
    const search = await startRedis({ dir, cacheDir });
    if (!search.server) throw new Error(`${search.reason}. ${search.fix}`);
    servers.push(search.server);
    return search.server;
  }

  async function withRedis<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(url, { retryStrategy: () => null });
    redis.on('error', () => {});
    try {
      return await work(redis);
    } finally {
      redis.disconnect();
    }
  }

  it('answers, keeps nothing on disk and says where it comes from', async () => {
    const server = await startReal();

    expect(await withRedis(server.url(), (redis) => redis.ping())).toBe('PONG');
    const kept = withRedis(server.url(), (redis) => redis.config('GET', 'save', 'appendonly'));
    expect(await kept).toEqual(expect.arrayContaining(['save', '', 'appendonly', 'no']));
    expect(server.description).toMatch(/^(Redis|Valkey) [\d.]+ \((installed|Debian package)\)$/);
    await server.stop();
    expect(await isListening(server.port)).toBe(false);
  });

  it('lets nobody in without the password', async () => {
    const url = new URL((await startReal()).url());
    url.password = '';

    await expect(withRedis(url.href, (redis) => redis.get('key'))).rejects.toThrow(/NOAUTH/);
  });

  it('stops by itself when its owner is killed', async () => {
    const owner = await startOwner('redis');
    expect(await isListening(owner.port)).toBe(true);

    await kill(owner.program);

    expect(await until(async () => !(await isListening(owner.port)), 10_000)).toBe(true);
  });

  it('is adopted when owner and guard were killed', async () => {
    const owner = await startOwner('redis');
    process.kill(record('postgres/redis.owner').guard.pid, 'SIGKILL');
    await kill(owner.program);

    const adopted = await startReal();

    expect(adopted.adopted).toBe(true);
    expect(adopted.port).toBe(owner.port);
    await adopted.stop();
    expect(await isListening(owner.port)).toBe(false);
  });
});

describe('the lines of the start', () => {
  function printed(print: (steps: Steps) => void): string {
    let text = '';
    print(new Steps({ write: (part) => (text += part) }));
    return text;
  }

  it('show what is there, where, and the time it took', () => {
    const line = printed((steps) =>
      steps.done(
        { title: 'PostgreSQL 18.4 (embedded)', detail: '127.0.0.1:15432', note: 'data in .data/postgres' },
        1_530,
      ),
    );

    expect(line).toMatch(/^✔ PostgreSQL 18\.4 \(embedded\) +127\.0\.0\.1:15432 +1\.5 s +data in \.data\/postgres\n$/);
  });

  it('show a failure with its fix below it', () => {
    const { message } = new LocalServerError('Port 1 is in use.', 'Choose another.');

    expect(message).toBe('Port 1 is in use.\n    Choose another.');
  });
});
