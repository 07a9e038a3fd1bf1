import { setTimeout as pause } from 'node:timers/promises';
import { EventLoopLoad } from '../../../libs/platform/src/http/event-loop-load';

/** An event loop as late as the test says, looked at four times a second. */
class Loop {
  readonly load: EventLoopLoad;
  private time = 0;
  private late = 0;

  constructor() {
    const delay = { percentile: () => this.late * 1e6, reset: () => undefined };
    this.load = new EventLoopLoad(delay, () => this.time);
  }

  /** That many milliseconds late, for that many milliseconds. */
  is(late: number, milliseconds: number): boolean {
    this.late = late;
    for (let passed = 0; passed < milliseconds; passed += 250) {
      this.time += 250;
      this.load.sample();
    }
    return this.load.isHigh;
  }
}

describe('the load of the event loop', () => {
  it('is high once it was late for a second, and not for one slow moment after another', () => {
    const loop = new Loop();

    expect(loop.is(20, 5_000)).toBe(false);
    expect(loop.is(2_000, 750)).toBe(false);
    expect(loop.is(20, 250)).toBe(false);
    expect(loop.is(101, 750)).toBe(false);
    expect(loop.is(101, 250)).toBe(true);
  });

  it('stays high until it was calm for a second, and does not flap in between', () => {
    const loop = new Loop();
    loop.is(200, 1_000);

    expect(loop.is(20, 750)).toBe(true);
    expect(loop.is(90, 5_000)).toBe(true);
    expect(loop.is(20, 750)).toBe(true);
    expect(loop.is(20, 250)).toBe(false);
    expect(loop.is(90, 5_000)).toBe(false);
  });

  it('is that of this process', async () => {
    const load = EventLoopLoad.ofProcess();
    await pause(50); // the histogram has begun

    const until = performance.now() + 1_100;
    while (performance.now() < until);
    await pause(50); // and learns of it in the next turn
    load.sample();

    expect(load.isHigh).toBe(true);
  });
});
