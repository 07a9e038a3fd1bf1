import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { signal } from '../../support/programs/processes';
import { ARMED_MAIN } from './armed-build';
import type { Hit, Order } from './armed-failpoint';

interface Birth {
  readonly build: string;
  readonly logFile: string;
  /** All of it: the instance inherits nothing. */
  readonly env: Readonly<Record<string, string>>;
  onHit(hit: Hit): void;
}

/** The pipe that an instance tells its hits by: the same as in armed-failpoint, which stands alone where it is copied. */
const HITS_DESCRIPTOR = 4;

/** An exit code, or the signal that ended it. */
export type Exit = number | NodeJS.Signals;

/** One process of an instance, from its start to its end. Waits for the word to serve. */
export class Life {
  /** Its own end, whatever that is, is wanted from now on. */
  isDoomed = false;
  isListening = false;
  /** A failpoint has killed it. */
  wasStruck = false;
  exit: Exit | undefined;
  /** Resolves when it is gone and all that it said has been read. */
  readonly ended: Promise<Exit>;
  private readonly child: ChildProcess;

  constructor({ build, logFile, env, onHit }: Birth) {
    const log = fs.openSync(logFile, 'a');
    this.child = spawn(process.execPath, [path.resolve(build, ARMED_MAIN)], {
      // The folder of the build has no .env that would decide with.
      cwd: build,
      env,
      // Ctrl-C in the terminal is for the storm alone.
      detached: true,
      stdio: ['ignore', log, log, 'ipc', 'pipe'],
    });
    fs.closeSync(log);
    this.child.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      this.child.on('close', (code, name) => {
        this.exit = code ?? name ?? 'SIGKILL';
        resolve(this.exit);
      });
    });
    createInterface({ input: this.child.stdio[HITS_DESCRIPTOR] as Readable }).on('line', (line) => {
      const hit = JSON.parse(line) as Hit;
      this.wasStruck ||= hit.action === 'kill';
      onHit(hit);
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get isOver(): boolean {
    return this.exit !== undefined || this.child.exitCode !== null || this.child.signalCode !== null;
  }

  get isServing(): boolean {
    return this.isListening && !this.isOver;
  }

  signal(name: NodeJS.Signals): void {
    if (!this.isOver) signal(this.pid, name);
  }

  tell(order: Order): void {
    if (this.child.connected) this.child.send(order, () => undefined);
  }
}
