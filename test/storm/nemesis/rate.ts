import type { History } from '../history';

/** Milliseconds over which the rate is taken. */
const WINDOW = 500;
/** Of the usual rate: what counts as being back. */
const ENOUGH = 0.95;

/** How many definite answers clients get, against how many they got when all was calm. */
export class Rate {
  /** Answers a second. */
  private usual = 0;

  constructor(private readonly history: History) {}

  /** From now on, what was seen since then is the usual rate. */
  learn(since: number): void {
    this.usual = (this.answersSince(since) / (performance.now() - since)) * 1_000;
  }

  /** Answers a second in the calm. */
  get usualRate(): number {
    return this.usual;
  }

  /** Whether a whole window has passed since then, of which the last one is as good as any in the calm. */
  isUsualSince(since: number): boolean {
    const from = performance.now() - WINDOW;
    return from >= since && this.answersSince(from) >= (this.usual * ENOUGH * WINDOW) / 1_000;
  }

  private answersSince(from: number): number {
    const { calls } = this.history;
    let count = 0;
    // In the order in which they ended.
    for (let i = calls.length - 1; i >= 0; i--) {
      const { ended, verdict } = calls[i]!;
      if (ended < from) break;
      if (verdict !== 'unknown') count++;
    }
    return count;
  }
}
