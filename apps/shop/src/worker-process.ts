import cluster, { type Worker } from 'node:cluster';
import { join } from 'node:path';
import type { CountingProcess, Env } from '@app/platform';
import { CannotStartException } from './cannot-start.exception';
import { closeWhatItLeaves } from './given-connections';
import { type EndOrder, type Report, WITH_JOBS } from './worker-messages';

export interface WorkerEnd {
  /** In words, for the log. */
  readonly how: string;
  /** Whether it ended as it should, or was killed before there was anything to lose. */
  readonly isClean: boolean;
  /** Milliseconds that it lived. */
  readonly age: number;
}

/** One process that serves, as its primary sees it. */
export class WorkerProcess implements CountingProcess {
  /** Its address. @throws CannotStartException when it has ended before it listened */
  readonly listening: Promise<string>;
  readonly ended: Promise<WorkerEnd>;
  private readonly worker: Worker;
  private serves = false;

  /** `hear` gets every message that it sends. */
  constructor(env: Env, hasJobs: boolean, hear: (from: WorkerProcess, message: object) => void) {
    const bornAt = performance.now();
    this.worker = fork(env, hasJobs);
    closeWhatItLeaves(this.worker);
    // A message to one that has just ended: of its end the other event tells.
    this.worker.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      this.worker.once('exit', (code, signal) => {
        const how = `ended with ${signal ?? code}`;
        resolve({ how, isClean: code === 0 || !this.serves, age: performance.now() - bornAt });
      });
    });
    this.listening = new Promise((resolve, reject) => {
      let reason = 'A worker ended before it could serve';
      this.worker.on('message', (message: Report) => {
        reason = message.failed ?? reason;
        if (message.listening !== undefined) {
          this.serves = true;
          resolve(message.listening);
        }
        hear(this, message);
      });
      void this.ended.then(() => reject(new CannotStartException(reason)));
    });
  }

  get id(): number {
    return this.worker.id;
  }

  get pid(): number | undefined {
    return this.worker.process.pid;
  }

  get isServing(): boolean {
    return this.serves && !this.worker.isDead();
  }

  send(message: object): void {
    this.worker.send(message);
  }

  /** Lets it answer what it has accepted; one that does not serve yet has accepted nothing. */
  end(signal: EndOrder['end']): void {
    if (this.serves) this.send({ end: signal } satisfies EndOrder);
    else this.kill();
  }

  kill(): void {
    this.worker.process.kill('SIGKILL');
  }
}

/** With the settings that were checked: the worker does not read `.env` again. */
function fork(env: Env, hasJobs: boolean): Worker {
  cluster.setupPrimary({
    exec: join(__dirname, 'worker.js'),
    args: hasJobs ? [WITH_JOBS] : [],
    // JSON has no NaN, and the metrics of an idle process do.
    serialization: 'advanced',
  });
  const settings = Object.entries(env).filter(([, value]) => value !== undefined);
  return cluster.fork(Object.fromEntries(settings.map(([name, value]) => [name, String(value)])));
}
