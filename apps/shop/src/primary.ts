import { setTimeout as pause } from 'node:timers/promises';
import { type Env, GatheredMetrics, JsonLogger } from '@app/platform';
import { Logger } from '@nestjs/common';
import { endProcess, onUncaught } from './process-end';
import type { EndOrder } from './worker-messages';
import { WorkerProcess } from './worker-process';

/** Milliseconds before the next try to replace a worker that did not live for long: twice as long each time. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5_000;
/** Milliseconds: a worker that lived for so long is replaced at once. */
const LONG_LIFE = 10_000;

const logger = new Logger('Primary');

/** What a worker is for, whichever process it is at the moment. */
interface Place {
  readonly hasJobs: boolean;
  /** Workers in a row that did not live for long. */
  shortLives: number;
}

/**
 * Keeps `WORKERS` processes serving on one port, exactly one of them with the jobs. It serves nothing itself: it starts
 * them, replaces who ends, adds up what they have counted, and ends when all of them have ended.
 */
export class Primary {
  private readonly workers = new Set<WorkerProcess>();
  private readonly metrics = new GatheredMetrics(() => [...this.workers].filter(({ isServing }) => isServing));
  private isEnding = false;
  private code = 0;

  /** `afterwards`: what is to stop after the shop. */
  constructor(
    private readonly env: Env,
    private readonly afterwards: () => Promise<void> = async () => undefined,
  ) {
    Logger.overrideLogger(new JsonLogger(env.LOG_LEVEL));
  }

  /**
   * Answers the address once all serve. The first starts alone: what hinders one hinders all, and is told once.
   * @throws CannotStartException with the reason of a worker that cannot start; then none is left
   */
  async start(): Promise<string> {
    try {
      const url = await this.fill({ hasJobs: true, shortLives: 0 });
      const others = Array.from({ length: this.env.WORKERS - 1 }, () => ({ hasJobs: false, shortLives: 0 }));
      await Promise.all(others.map((place) => this.fill(place)));
      return url;
    } catch (error) {
      this.isEnding = true;
      for (const worker of this.workers) worker.kill();
      throw error;
    }
  }

  /** From now on this process ends as one does that serves alone: see `Ending`. */
  watch(): void {
    process.on('SIGTERM', () => void this.end('SIGTERM'));
    // The second one ends this process at once, and no worker outlives it.
    process.once('SIGINT', () => void this.end('SIGINT'));
    onUncaught(logger, () => this.endBadly());
  }

  private async fill(place: Place): Promise<string> {
    const worker = new WorkerProcess(this.env, place.hasJobs, (from, message) => this.metrics.hear(from, message));
    this.workers.add(worker);
    void worker.ended.then(({ age }) => {
      this.workers.delete(worker);
      this.metrics.forget(worker);
      place.shortLives = age < LONG_LIFE ? place.shortLives + 1 : 0;
    });
    const url = await worker.listening;
    logger.log({ msg: 'A worker serves', pid: worker.pid, jobs: place.hasJobs });
    void this.replaceAtItsEnd(worker, place);
    return url;
  }

  private async replaceAtItsEnd(worker: WorkerProcess, place: Place): Promise<void> {
    const { how } = await worker.ended;
    if (!this.isEnding) logger.error({ msg: `A worker ${how}: another one takes its place`, pid: worker.pid });
    while (!this.isEnding) {
      // The first one at once, for nobody knows yet that it was not an accident.
      if (place.shortLives > 1) await pause(Math.min(FIRST_PAUSE * 2 ** (place.shortLives - 2), LONGEST_PAUSE));
      if (this.isEnding || (await this.isFilled(place))) return;
    }
  }

  /** Whether a new worker serves there. One that cannot start has another try as long as others serve. */
  private async isFilled(place: Place): Promise<boolean> {
    try {
      await this.fill(place);
      return true;
    } catch (error) {
      if (this.isEnding) return false;
      logger.error({ msg: 'A worker cannot start', reason: error instanceof Error ? error.message : error });
      if ([...this.workers].every(({ isServing }) => !isServing)) this.endBadly();
      return false;
    }
  }

  private endBadly(): void {
    this.code = 1;
    void this.end('SIGINT');
  }

  private async end(signal: EndOrder['end']): Promise<void> {
    if (this.isEnding) return;
    this.isEnding = true;
    const workers = [...this.workers];
    for (const worker of workers) worker.end(signal);
    const stop = async (): Promise<number> => {
      const ends = await Promise.all(workers.map(({ ended }) => ended));
      if (ends.some(({ isClean }) => !isClean)) this.code = 1;
      await this.afterwards();
      return this.code;
    };
    await endProcess(logger, stop, () => {
      for (const worker of this.workers) worker.kill();
    });
  }
}
