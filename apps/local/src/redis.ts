import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { Redis } from 'ioredis';
import { CustodyRecord, exclusively } from './custody';
import { type LocalServer, LocalServerError, until } from './local-server';
import { freePort } from './ports';
import { findProgram, type Program } from './redis-program';
import { ServerProcess } from './server-process';

export interface RedisOptions {
  /** Where its log and its record are kept. */
  readonly dir: string;
  /** Where Debian's package is unpacked when no server is installed; survives so that it is downloaded once. */
  readonly cacheDir: string;
}

/** The server, or why there is none and what to do about it. */
export type RedisSearch =
  | { readonly server: LocalServer }
  | { readonly server: null; readonly reason: string; readonly fix: string };

const FIRST_PORT = 16_379;
/** One for each of many test processes. */
export const REDIS_DATABASES = 64;

const INSTALL =
  process.platform === 'darwin'
    ? 'Install one: brew install redis'
    : "Install one: sudo apt-get install redis-server (or your distribution's valkey or redis)";

/**
 * Starts a Redis that keeps nothing on disk: the one that is installed, else Debian's package unpacked into the cache,
 * which needs no root. A server left over in the same folder is adopted.
 */
export function startRedis({ dir, cacheDir }: RedisOptions): Promise<RedisSearch> {
  const home = path.resolve(dir);
  return exclusively(path.join(home, 'redis.lock'), async () => {
    const record = new CustodyRecord(path.join(home, 'redis.owner'));
    const adopted = await adopt(record);
    if (adopted) return { server: adopted };
    const program = await findProgram(path.resolve(cacheDir));
    if ('reason' in program) return { server: null, reason: program.reason, fix: `${INSTALL}, or set REDIS_URL.` };
    return { server: await launch(program, home, record) };
  });
}

async function adopt(record: CustodyRecord): Promise<LocalServer | null> {
  const server = await record.adopt();
  if (!server || (await answers(server.url()))) return server;
  await server.stop();
  return null;
}

async function answers(url: string): Promise<boolean> {
  const redis = new Redis(url, { lazyConnect: true, connectTimeout: 2_000, retryStrategy: () => null });
  redis.on('error', () => {});
  try {
    await redis.connect();
    return (await redis.ping()) === 'PONG';
  } catch {
    return false;
  } finally {
    // After a refused connection there is nothing to close, and ioredis would keep the program alive to wait for that.
    if (redis.status !== 'end') redis.disconnect();
  }
}

async function launch(program: Program, dir: string, record: CustodyRecord): Promise<LocalServer> {
  for (let from = FIRST_PORT; ; ) {
    const port = await freePort(from);
    const password = randomBytes(18).toString('base64url');
    const server = ServerProcess.launch({
      command: program.command,
      args: ['-'],
      // By standard input, because everybody can read the arguments of a process.
      input: configuration(port, password, dir),
      logFile: path.join(dir, 'redis.log'),
      ...(program.env && { env: program.env }),
    });
    const url = `redis://:${password}@127.0.0.1:${port}/0`;
    const ready = await until(async () => !server.running || (await answers(url)), 15_000);
    if (ready && server.running) return record.take(server, url, program.description);
    const { output } = server;
    await server.stop();
    if (!output.includes('Address already in use')) throw notStarted(dir, output);
    from = port + 1;
  }
}

function configuration(port: number, password: string, dir: string): string {
  return [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    `databases ${REDIS_DATABASES}`,
    'save ""',
    'appendonly no',
    'daemonize no',
    `dir ${JSON.stringify(dir)}`,
    '',
  ].join('\n');
}

function notStarted(dir: string, output: string): LocalServerError {
  return new LocalServerError(
    `Redis did not start:\n${output.trim().split('\n').slice(-8).join('\n')}`,
    `The whole log is in ${path.join(dir, 'redis.log')}. Or set REDIS_URL to use a Redis of your own.`,
  );
}
