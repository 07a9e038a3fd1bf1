import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../../apps/local/src/ports';
import type { Failpoint } from '../../../libs/platform/src/failpoints/failpoint';
import type { Leash } from '../../support/programs/leash';
import { memoryOf } from '../../support/programs/processes';
import type { InstanceName } from '../history';
import type { StrikeAction } from './armed-failpoint';
import { type Exit, Life } from './life';

/** Milliseconds until an instance has to listen, as long as it is started again and again. */
const PATIENCE = 60_000;
/** Milliseconds until one that was asked to end is killed. */
const LONGEST_FAREWELL = 20_000;
/** Milliseconds until the next life is made ready. */
const UNTIL_SPARE = 5_000;
const LAST_LINES = 15;

export interface InstanceOptions {
  readonly name: InstanceName;
  readonly build: string;
  /** Where its log goes. */
  readonly dir: string;
  /** Beside PORT and HOST. */
  readonly settings: Readonly<Record<string, string>>;
  readonly leash: Leash;
}

/** One instance of the shop under storm: always on one port, through all its lives. */
export class ShopInstance {
  /** How often each failpoint struck. */
  readonly hits: Record<Failpoint, number> = {
    'before-begin': 0,
    'before-commit': 0,
    'commit-sent': 0,
    'before-answer': 0,
    'before-relay': 0,
    sent: 0,
  };
  /** Each end that nobody wanted, of a process that had been serving, with what it said last. */
  readonly unexpectedExits: string[] = [];
  private life: Life | undefined;
  /** The next life, which has loaded its code and waits. */
  private spare: Life | undefined;
  private starting: Promise<void> | undefined;
  private isClosed = false;

  private constructor(
    private readonly options: InstanceOptions,
    private readonly port: number,
  ) {}

  /** Not started yet. */
  static async create(options: InstanceOptions): Promise<ShopInstance> {
    return new ShopInstance(options, await freePort());
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** It has been started and serves. */
  get isRunning(): boolean {
    return this.life?.isServing ?? false;
  }

  /** Resolves when it listens. One that ends before, because its database is away, is started again as a supervisor would. */
  start(patience = PATIENCE): Promise<void> {
    this.starting ??= this.listen(patience).finally(() => {
      this.starting = undefined;
    });
    return this.starting;
  }

  async kill(): Promise<void> {
    const { life } = this;
    if (!life) return;
    life.isDoomed = true;
    life.signal('SIGKILL');
    await life.ended;
  }

  /** SIGTERM; resolves to how long it took to end, and how it ended. */
  async terminate(): Promise<{ milliseconds: number; code: Exit }> {
    const { life } = this;
    if (!life || life.isOver) return { milliseconds: 0, code: 0 };
    const began = performance.now();
    life.isDoomed = true;
    life.signal('SIGTERM');
    const killer = setTimeout(() => life.signal('SIGKILL'), LONGEST_FAREWELL);
    const code = await life.ended;
    clearTimeout(killer);
    return { milliseconds: performance.now() - began, code };
  }

  pause(): void {
    this.life?.signal('SIGSTOP');
  }

  resume(): void {
    this.life?.signal('SIGCONT');
  }

  /** The next pass of the point strikes, once. Forgotten when the process ends. */
  arm(point: Failpoint, action: StrikeAction): void {
    this.life?.tell({ arm: point, action });
  }

  /** Its clock is wrong by that much from now on; 0 makes it right. */
  skewClock(milliseconds: number): void {
    this.life?.tell({ skew: milliseconds });
  }

  /** What all its lives have said. */
  log(): string {
    return fs.existsSync(this.logFile) ? fs.readFileSync(this.logFile, 'utf8') : '';
  }

  /** What it holds now: memory in bytes and a count of descriptors. */
  resources(): { rss: number; openFiles: number } {
    const pid = this.life?.pid ?? 0;
    return { rss: memoryOf(pid), openFiles: fs.readdirSync(`/proc/${pid}/fd`).length };
  }

  /** For good. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.kill();
    await this.starting?.catch(() => undefined);
    await this.kill();
    this.spare?.signal('SIGKILL');
    await this.spare?.ended;
  }

  private get logFile(): string {
    return path.join(this.options.dir, `shop-${this.options.name}.log`);
  }

  private async listen(patience: number): Promise<void> {
    const deadline = performance.now() + patience;
    while (!(await this.isServing())) {
      if (this.isClosed) return;
      if (performance.now() > deadline)
        throw new Error(`instance ${this.options.name} does not listen:\n${this.lastLines()}`);
      await pause(25);
      // One that is leaving still has the port.
      if (!this.life || this.life.isOver) this.beBorn();
    }
    // Not at once: what serves now is to have the processor for itself while it warms up.
    setTimeout(() => this.prepareSpare(), UNTIL_SPARE).unref();
  }

  private prepareSpare(): void {
    if (!this.isClosed) this.spare ??= this.newLife();
  }

  private async isServing(): Promise<boolean> {
    const { life } = this;
    if (!life || life.isOver || life.isDoomed) return false;
    life.isListening ||= await answers(`${this.url}/health/live`);
    return this.isRunning;
  }

  private beBorn(): void {
    const life = this.spare && !this.spare.isOver ? this.spare : this.newLife();
    this.spare = undefined;
    this.life = life;
    life.tell({ go: true });
    void life.ended.then((exit) => {
      if (!life.isListening || life.isDoomed || life.wasStruck) return;
      this.unexpectedExits.push(`instance ${this.options.name} ended by itself with ${exit}:\n${this.lastLines()}`);
    });
  }

  private newLife(): Life {
    const { build, settings, leash } = this.options;
    const life = new Life({
      build,
      logFile: this.logFile,
      env: { HOST: '127.0.0.1', PORT: String(this.port), ...settings },
      onHit: ({ hit }) => this.hits[hit]++,
    });
    leash.take('KILL', [life.pid]);
    void life.ended.then(() => leash.release([life.pid]));
    return life;
  }

  private lastLines(): string {
    return this.log().trimEnd().split('\n').slice(-LAST_LINES).join('\n');
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(1_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
