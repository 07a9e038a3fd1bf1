import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { OnModuleDestroy } from '@nestjs/common';

/** How late the event loop runs what is due, in nanoseconds since the last `reset`; Node's histogram is one. */
export interface DelaySource {
  percentile(percentage: number): number;
  reset(): void;
}

/** Milliseconds. */
const SAMPLE_EVERY = 250;
const RESOLUTION = 20;
const HIGH = 100;
const CALM = 50;
/** How long it has to stay high before anything is refused, and calm before nothing is. */
const LASTING = 1_000;

/**
 * Whether this process is so busy that whatever arrives waits: when the delay of the event loop (its 99th percentile)
 * stays above 100 ms for a second, and until it stays below 50 ms for a second. In between things stay as they are, so
 * that one slow moment changes nothing and the answer does not flap.
 */
export class EventLoopLoad implements OnModuleDestroy {
  private high = false;
  /** When the delay last looked as things are; the opposite has to last from then on. */
  private agreedAt: number;
  private sampling: NodeJS.Timeout | undefined;

  constructor(
    private readonly delay: DelaySource,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.agreedAt = now();
  }

  /** That of this process. */
  static ofProcess(): EventLoopLoad {
    const histogram = monitorEventLoopDelay({ resolution: RESOLUTION });
    histogram.enable();
    return new EventLoopLoad(histogram);
  }

  watch(): this {
    this.sampling = setInterval(() => this.sample(), SAMPLE_EVERY).unref();
    return this;
  }

  get isHigh(): boolean {
    return this.high;
  }

  onModuleDestroy(): void {
    clearInterval(this.sampling);
  }

  /** Looks at the delay since the last look. */
  sample(): void {
    const p99 = this.delay.percentile(99) / 1e6;
    this.delay.reset();
    const disagrees = this.high ? p99 < CALM : p99 > HIGH;
    if (!disagrees) {
      this.agreedAt = this.now();
    } else if (this.now() - this.agreedAt >= LASTING) {
      this.high = !this.high;
      this.agreedAt = this.now();
    }
  }
}
