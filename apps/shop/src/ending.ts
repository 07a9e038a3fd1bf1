import cluster from 'node:cluster';
import { setTimeout as pause } from 'node:timers/promises';
import { Draining } from '@app/platform';
import { Logger } from '@nestjs/common';
import type { RunningShop } from './bootstrap';
import { endProcess, onUncaught } from './process-end';
import type { EndOrder } from './worker-messages';

/** Milliseconds in which the shop still takes new connections, so that a balancer learns to send nothing more. */
const GRACE = 1_000;
/** Milliseconds from the beginning until connections that are still open are closed. */
const DRAIN = 8_000;

const logger = new Logger('Jangteo');

/**
 * How the process of a shop ends: on a signal, with what it has accepted answered and exit code 0; on an error that
 * nobody caught, the same way with exit code 1, for nobody knows what state that left behind. After ten seconds in any
 * case.
 */
export class Ending {
  private begun = false;
  /** The exit code: an error on the way to the end counts as well. */
  private code = 0;

  /** `afterwards`: what is to stop after the shop. */
  constructor(
    private readonly shop: RunningShop,
    private readonly afterwards: () => Promise<void> = async () => undefined,
  ) {}

  /** From now on this process ends so. */
  watch(): void {
    process.on('SIGTERM', () => void this.begin(GRACE));
    // Nobody balances over a terminal; and who presses Ctrl-C twice does not want to wait.
    if (cluster.isPrimary) process.once('SIGINT', () => void this.begin(0));
    else process.on('message', ({ end }: Partial<EndOrder>) => end && void this.begin(end === 'SIGTERM' ? GRACE : 0));
    onUncaught(logger, () => {
      this.code = 1;
      void this.begin(0);
    });
  }

  private async begin(grace: number): Promise<void> {
    if (this.begun) return;
    this.begun = true;
    setTimeout(() => this.closeConnections(), DRAIN);
    const { app } = this.shop;
    await endProcess(logger, async () => {
      app.get(Draining).begin();
      if (grace > 0) await pause(grace);
      await app.close();
      await this.afterwards();
      return this.code;
    });
  }

  /** What is still open has not even sent its request, or does not read its answer. */
  private closeConnections(): void {
    logger.warn(`Connections were still open after ${DRAIN / 1_000} s: they are closed`);
    this.shop.app.getHttpServer().closeAllConnections();
  }
}
