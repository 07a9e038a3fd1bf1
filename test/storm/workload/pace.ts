import { setTimeout as pause } from 'node:timers/promises';

/**
 * Hands out turns, evenly spaced and in the order they were asked for, so that all clients together begin about `rate`
 * operations a second. Turns that nobody took are lost: after an outage there is no burst.
 */
export class Pace {
  private next = 0;

  constructor(
    /** Operations a second. */
    private readonly rate: number,
  ) {}

  async turn(): Promise<void> {
    const now = performance.now();
    const mine = Math.max(now, this.next);
    this.next = mine + 1_000 / this.rate;
    if (mine > now) await pause(mine - now);
  }
}
