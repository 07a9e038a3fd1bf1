import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import type net from 'node:net';
import { LocalServerError, until } from './local-server';
import { isAlive, type ProcessRef, refOf } from './process-ref';

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
