import { until } from '../../../apps/local/src/local-server';
import { isAlive } from '../../../apps/local/src/process-ref';
import type { Leash } from '../../support/programs/leash';
import { childrenOf, recorded, signal } from '../../support/programs/processes';

const PATIENCE = 10_000;

/** A server on this machine together with the processes that it has made, which do not always share its fate. */
export abstract class ServerFamily {
  protected starting: Promise<void> | undefined;
  private stopped: readonly number[] = [];

  constructor(
    /** The file in which its starter wrote down what it started. */
    private readonly record: string,
    private readonly leash: Leash,
  ) {}

  get isRunning(): boolean {
    return this.pid !== null;
  }

  /** SIGKILL to all of them at once; resolves when they are gone. */
  async kill(): Promise<void> {
    const head = recorded(this.record);
    if (!head || !isAlive(head)) return;
    // So that it makes no child which nobody kills.
    signal(head.pid, 'SIGSTOP');
    const family = [head, ...childrenOf(head.pid)];
    for (const { pid } of family) signal(pid, 'SIGKILL');
    this.forgetStopped();
    if (!(await until(() => !family.some(isAlive), PATIENCE))) throw new Error('a server outlived SIGKILL');
  }

  /** Resolves when it answers; at once when it has been running. */
  start(): Promise<void> {
    this.starting ??= this.startAgain().finally(() => {
      this.starting = undefined;
    });
    return this.starting;
  }

  pause(): void {
    const head = this.pid;
    if (head === null) return;
    this.stopped = [head];
    this.leash.take('CONT', this.stopped);
    signal(head, 'SIGSTOP');
    this.stopped = [head, ...childrenOf(head).map(({ pid }) => pid)];
    this.leash.take('CONT', this.stopped);
    for (const pid of this.stopped) signal(pid, 'SIGSTOP');
  }

  resume(): void {
    for (const pid of this.stopped) signal(pid, 'SIGCONT');
    this.forgetStopped();
  }

  protected abstract startAgain(): Promise<void>;

  /** Asks the server alone, and resolves when it is gone. */
  protected async end(name: NodeJS.Signals): Promise<void> {
    const head = recorded(this.record);
    if (!head || !isAlive(head)) return;
    signal(head.pid, name);
    if (!(await until(() => !isAlive(head), 6 * PATIENCE))) throw new Error(`a server did not end on ${name}`);
  }

  private get pid(): number | null {
    const server = recorded(this.record);
    return server && isAlive(server) ? server.pid : null;
  }

  private forgetStopped(): void {
    this.leash.release(this.stopped);
    this.stopped = [];
  }
}
