import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

/** Of the time that the event loop could have been idle, the part that it was not: above it others are waiting. */
const BUSY = 0.7;
/** Rest after a piece of work, in lengths of that work. */
const RESTS = 9;
/** Milliseconds: even a long piece of work comes again soon. */
const LONGEST_REST = 500;

type Look = (since?: EventLoopUtilization, before?: EventLoopUtilization) => EventLoopUtilization;
type Wait = (milliseconds: number, signal: AbortSignal) => Promise<void>;

/** Lets work in the background, done in small pieces, step back while this process is busy: customers come first. */
export class Courtesy {
  private readonly ending = new AbortController();
  private seen: EventLoopUtilization;
  private began = 0;

  constructor(
    private readonly look: Look = performance.eventLoopUtilization,
    private readonly now: () => number = () => performance.now(),
    private readonly wait: Wait = (milliseconds, signal) => pause(milliseconds, undefined, { signal }),
  ) {
    this.seen = look();
  }

  /** A piece of work begins. */
  begin(): void {
    this.began = this.now();
  }

  /** It has ended: waits before the next one, if this process was busy since the last time. */
  async rest(): Promise<void> {
    const rest = this.restInMilliseconds();
    if (rest > 0) await this.wait(rest, this.ending.signal).catch(() => undefined);
  }

  /** Rests no more. */
  end(): void {
    this.ending.abort();
  }

  private restInMilliseconds(): number {
    const before = this.seen;
    this.seen = this.look();
    const { utilization } = this.look(this.seen, before);
    return utilization > BUSY ? Math.min(RESTS * (this.now() - this.began), LONGEST_REST) : 0;
  }
}
