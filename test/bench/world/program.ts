import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { until } from '../../../apps/local/src/local-server';
import type { Leash } from '../../support/programs/leash';
import type { Heard, Told } from '../load/child-side';
import type { Watch } from '../load/closed-loop';

/** The shop: what `npm run build` makes of it too. */
export const SHOP = path.join(__dirname, '..', '..', '..', 'apps', 'shop', 'src', 'main.js');

/** Milliseconds until a shop has to listen. */
const PATIENCE = 60_000;
const LAST_LINES = 15;

export interface Start {
  /** For its log. */
  readonly name: string;
  /** The JavaScript file. */
  readonly file: string;
  readonly args?: readonly string[];
  /** All of it: it inherits nothing. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where it runs and where its log goes: a folder without a .env that would decide with. */
  readonly dir: string;
  readonly leash: Leash;
}

interface Hearing {
  resolve(answer: unknown): void;
  reject(error: Error): void;
  readonly watch: Watch | undefined;
}

/** A program of its own beside the benchmark, that ends with it. */
export class Program {
  readonly ended: Promise<void>;
  private hearing: Hearing | undefined;
  private isClosed = false;

  private constructor(
    private readonly child: ChildProcess,
    private readonly name: string,
    private readonly log: string,
  ) {
    this.ended = new Promise((resolve) => child.once('close', () => resolve()));
    void this.ended.then(() => this.answer((hearing) => hearing.reject(this.whyGone())));
    child.on('message', (word: Heard<unknown>) => this.hear(word));
  }

  static start({ name, file, args = [], env = {}, dir, leash }: Start): Program {
    const log = path.join(dir, `${name}.log`);
    const output = fs.openSync(log, 'a');
    const child = spawn(process.execPath, [file, ...args], {
      cwd: dir,
      env,
      // Ctrl-C in the terminal is for the benchmark alone.
      detached: true,
      stdio: ['ignore', output, output, 'ipc'],
    });
    fs.closeSync(output);
    const program = new Program(child, name, log);
    leash.take('KILL', [program.pid]);
    void program.ended.then(() => leash.release([program.pid]));
    return program;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Resolves when it says that it is ready. */
  ready(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.hearing = { resolve, reject, watch: undefined };
    });
  }

  /** Of a shop: resolves when it serves at the port. */
  async listening(port: number): Promise<void> {
    const isReady = async (): Promise<boolean> => {
      this.assertAlive();
      const response = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
      await response?.arrayBuffer();
      return response?.ok ?? false;
    };
    if (!(await until(isReady, PATIENCE))) throw new Error(`${this.name} does not serve within ${PATIENCE / 1_000} s`);
  }

  /** One thing at a time. The watch is told of the moments that the program tells. */
  ask<Order, Answer>(order: Order, watch?: Watch): Promise<Answer> {
    if (this.isGone) return Promise.reject(this.whyGone());
    return new Promise<Answer>((resolve, reject) => {
      this.hearing = { resolve: resolve as (answer: unknown) => void, reject, watch };
      const told: Told<Order> = { order };
      this.child.send(told);
    });
  }

  /** @throws Error with what it said last, when it has ended by itself */
  assertAlive(): void {
    if (this.isGone && !this.isClosed) throw this.whyGone();
  }

  /** Kills it, unless another signal lets it end in its own way. */
  async close(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.isClosed = true;
    if (!this.isGone) this.child.kill(signal);
    await this.ended;
  }

  private get isGone(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  private hear(word: Heard<unknown>): void {
    if ('moment' in word) this.hearing?.watch?.[word.moment]();
    else if ('error' in word) this.answer(({ reject }) => reject(new Error(`${this.name}: ${word.error}`)));
    else this.answer(({ resolve }) => resolve('answer' in word ? word.answer : undefined));
  }

  private answer(give: (hearing: Hearing) => void): void {
    const { hearing } = this;
    this.hearing = undefined;
    if (hearing) give(hearing);
  }

  private whyGone(): Error {
    const lines = fs.readFileSync(this.log, 'utf8').trimEnd().split('\n').slice(-LAST_LINES);
    return new Error([`${this.name} has ended:`, ...lines].join('\n'));
  }
}
