import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CannotStartException } from '../../shop/src/cannot-start.exception';
import { statOf } from './process-stat';

/** A database server that runs on this machine for this program alone, on 127.0.0.1. */
export interface LocalServer {
  /** Name, version and origin, e.g. "PostgreSQL 18.4 (embedded)". Holds no secret. */
  readonly description: string;
  readonly port: number;
  /** True when it was running already: left over by a program that was killed, or another one's that still runs. */
  readonly adopted: boolean;
  /** Address with the password in it: not for printing. Without a name, the database that always exists. */
  url(database?: string): string;
  /** Stops the server and resolves when its process is gone. A server of another live program is left running. */
  stop(): Promise<void>;
}

/** A server that cannot be had: what is wrong, and below it what the person who started it can do. */
export class LocalServerError extends CannotStartException {
  constructor(problem: string, fix: string) {
    super([problem, ...fix.split('\n')].join('\n    '));
    this.name = 'LocalServerError';
  }
}

/** Resolves to whether the condition came true in time. */
export async function until(met: () => boolean | Promise<boolean>, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (!(await met())) {
    if (Date.now() > deadline) return false;
    await delay(10);
  }
  return true;
}

// Kernels give outgoing connections ports from 32768 on: a server's port below it cannot be taken by one of those.
const FIRST_PORT = 15_000;
const LAST_PORT = 32_767;

/** The first port at or after `from` that nobody listens on; without it, the search starts anywhere. */
export async function freePort(
  from = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT - 1000)),
): Promise<number> {
  for (let port = from; port <= LAST_PORT; port++) {
    if (await isFree(port)) return port;
  }
  throw new LocalServerError(
    `No port of ${from}..${LAST_PORT} is free on 127.0.0.1.`,
    'Stop some of the programs that listen there.',
  );
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.createServer().once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/** A process that a re-used pid cannot be taken for. */
export interface ProcessRef {
  readonly pid: number;
  readonly startedAt: string;
}

export function refOf(pid: number): ProcessRef {
  return { pid, startedAt: startOf(pid) ?? 'gone' };
}

export function isAlive(ref: ProcessRef): boolean {
  return startOf(ref.pid) === ref.startedAt;
}

/** Null for a process that is gone, a zombie included. */
function startOf(pid: number): string | null {
  try {
    return process.platform === 'linux' ? startFromProc(pid) : startFromPs(pid);
  } catch {
    return null;
  }
}

function startFromProc(pid: number): string | null {
  const fields = statOf(pid);
  const [state = 'X'] = fields;
  if (state === 'Z' || state === 'X') return null;
  const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `${boot}/${fields[19]}`;
}

function startFromPs(pid: number): string | null {
  const [state = 'Z', ...start] = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
    .trim()
    .split(/\s+/);
  return state.startsWith('Z') ? null : start.join(' ');
}

/** The words the process was started with; null when it is gone or does not show them. */
export function commandOf(pid: number): string | null {
  try {
    if (process.platform === 'linux') return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return null;
  }
}

// Waits for a word from its owner. When the owner is gone instead, even by SIGKILL, the pipe ends without one, and the
// server is asked to stop. It stays until the server is gone, so that a start in between can tell what is going on.
const GUARD = `
trap "" INT TERM HUP
read -r word
[ "$word" = dismissed ] && exit 0
kill -INT "$1" 2>/dev/null
tries=0
while kill -0 "$1" 2>/dev/null && [ $tries -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
`;

class Guard {
  private constructor(
    private readonly shell: ChildProcess,
    readonly ref: ProcessRef,
  ) {}

  static over(pid: number): Guard {
    const shell = spawn('sh', ['-c', GUARD, 'server-guard', String(pid)], {
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    // A guard that was killed must not take its owner down with an unhandled EPIPE.
    shell.once('error', () => {}).stdin?.on('error', () => {});
    shell.unref();
    (shell.stdin as net.Socket | null)?.unref();
    return new Guard(shell, refOf(shell.pid ?? 0));
  }

  dismiss(): void {
    if (!this.shell.stdin?.writableEnded) this.shell.stdin?.end('dismissed\n');
  }
}

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly logFile: string;
  /** What the program reads from its standard input. */
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
  /** For a server that does not stop when asked. */
  readonly lastSignal?: NodeJS.Signals;
}

/** A server's process together with the guard that stops it when this program dies. */
export class ServerProcess {
  private constructor(
    readonly ref: ProcessRef,
    readonly guard: Guard,
    private readonly lastSignal: NodeJS.Signals,
    private readonly log: { file: string; from: number },
  ) {}

  /** Starts it in a process group of its own, so that Ctrl-C in the terminal reaches this program only. */
  static launch({ command, args, logFile, input, lastSignal = 'SIGKILL', ...options }: Launch): ServerProcess {
    const log = fs.openSync(logFile, 'a', 0o600);
    const from = fs.fstatSync(log).size;
    const child = spawn(command, args, {
      ...options,
      cwd: '/',
      detached: true,
      stdio: [input === undefined ? 'ignore' : 'pipe', log, log],
    });
    fs.closeSync(log);
    child.once('error', () => {});
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
    if (child.pid === undefined) {
      throw new LocalServerError(`${command} cannot be started.`, 'Check that the file exists and may be executed.');
    }
    const guard = Guard.over(child.pid);
    // From then on the pid may become another process's.
    child.once('exit', () => guard.dismiss());
    child.unref();
    return new ServerProcess(refOf(child.pid), guard, lastSignal, { file: logFile, from });
  }

  /** Takes charge of a server that nobody guards. */
  static takeOver(ref: ProcessRef, lastSignal: NodeJS.Signals = 'SIGKILL'): ServerProcess {
    return new ServerProcess(ref, Guard.over(ref.pid), lastSignal, { file: '', from: 0 });
  }

  get running(): boolean {
    return isAlive(this.ref);
  }

  /** What it has written since it was started here. */
  get output(): string {
    return this.log.file ? fs.readFileSync(this.log.file).subarray(this.log.from).toString('utf8') : '';
  }

  async stop(): Promise<void> {
    this.signal('SIGINT');
    if (!(await until(() => !this.running, 10_000))) this.signal(this.lastSignal);
    await until(() => !this.running, 5_000);
    this.guard.dismiss();
  }

  private signal(signal: NodeJS.Signals): void {
    try {
      if (this.running) process.kill(this.ref.pid, signal);
    } catch {
      // It ended in between.
    }
  }
}

/** What is written down about a running server, so that a later start can adopt it. */
interface Custody {
  readonly server: ProcessRef;
  readonly owner: ProcessRef;
  readonly guard: ProcessRef;
  readonly url: string;
  readonly description: string;
}

/** The record beside a server's files that says who is responsible for it. */
export class CustodyRecord {
  constructor(private readonly file: string) {}

  /** Writes this program down as responsible for the process. */
  take(process_: ServerProcess, url: string, description: string, adopted = false): LocalServer {
    const owner = refOf(process.pid);
    const custody: Custody = { server: process_.ref, owner, guard: process_.guard.ref, url, description };
    writeWhole(this.file, custody);
    return asServer(custody, adopted, async () => {
      await process_.stop();
      this.forget();
    });
  }

  forget(): void {
    fs.rmSync(this.file, { force: true });
  }

  /**
   * The running server, if it is one to rely on: another live program's is shared, one that was left over becomes this
   * program's. One whose guard is about to stop it is waited for instead, and is null.
   */
  async adopt(lastSignal?: NodeJS.Signals): Promise<LocalServer | null> {
    const custody = readJson<Custody>(this.file);
    if (!custody || !isAlive(custody.server)) return null;
    if (isAlive(custody.owner)) return asServer(custody, true, async () => {});
    if (isAlive(custody.guard)) await until(() => !isAlive(custody.guard) || !isAlive(custody.server), 15_000);
    if (!isAlive(custody.server)) return null;
    return this.take(ServerProcess.takeOver(custody.server, lastSignal), custody.url, custody.description, true);
  }
}

function asServer(custody: Custody, adopted: boolean, stop: () => Promise<void>): LocalServer {
  return {
    description: custody.description,
    port: Number(new URL(custody.url).port),
    adopted,
    url: (database) => {
      const url = new URL(custody.url);
      if (database !== undefined) url.pathname = `/${database}`;
      return url.href;
    },
    stop,
  };
}

/** Lets one program at a time do the work; a lock whose holder died is taken from it. */
export async function exclusively<T>(lockFile: string, work: () => Promise<T>): Promise<T> {
  makeFolder(path.dirname(lockFile));
  if (!(await until(() => claim(lockFile), 120_000))) {
    throw new LocalServerError(
      `Another program has been starting the same server for two minutes (lock ${lockFile}).`,
      'Stop that program, or remove the lock file if there is none.',
    );
  }
  try {
    return await work();
  } finally {
    fs.rmSync(lockFile, { force: true });
  }
}

/** Without a mode: with 700 the user that PostgreSQL runs as could not pass through it. */
function makeFolder(folder: string): void {
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.accessSync(folder, fs.constants.W_OK);
  } catch {
    throw new LocalServerError(`Nothing can be written in ${folder}.`, 'Make it writable, or choose another folder.');
  }
}

function claim(lockFile: string): boolean {
  const holder = readJson<ProcessRef>(lockFile);
  if (holder && isAlive(holder)) return false;
  if (holder) fs.rmSync(lockFile, { force: true });
  const draft = `${lockFile}.${process.pid}`;
  writeWhole(draft, refOf(process.pid));
  try {
    // A link appears with its content or not at all, and never over another one.
    fs.linkSync(draft, lockFile);
    return true;
  } catch {
    return false;
  } finally {
    fs.rmSync(draft);
  }
}

/** Never leaves half a file under the name. Readable by the owner only, as it may hold a password. */
function writeWhole(file: string, content: object): void {
  const draft = `${file}.draft-${process.pid}`;
  fs.writeFileSync(draft, JSON.stringify(content), { mode: 0o600 });
  fs.renameSync(draft, file);
}

function readJson<T>(file: string): T | null {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as T;
  } catch {
    return null;
  }
}
