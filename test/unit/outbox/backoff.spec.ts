import { waitAfter } from '../../../libs/platform/src/outbox/backoff';

const never = () => 0;
const most = () => 0.999_999;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('the wait after a failed attempt', () => {
  it('follows the schedule of Standard Webhooks, and ends', () => {
    const waits = Array.from({ length: 10 }, (_, i) => waitAfter(i + 1, 0, never));

    const hours = [2, 5, 10, 14, 20, 24].map((hour) => hour * HOUR);
    expect(waits).toEqual([5_000, 5 * MINUTE, 30 * MINUTE, ...hours, null]);
  });

  it('is stretched by chance, by a fifth at most and never shortened', () => {
    expect(waitAfter(1, 0, most)).toBe(6_000);
    const waits = Array.from({ length: 200 }, () => waitAfter(1)!);

    expect(Math.min(...waits)).toBeGreaterThanOrEqual(5_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(6_000);
    expect(new Set(waits).size).toBeGreaterThan(50);
  });

  it('is as long as the receiver asks for, though not shorter than scheduled and not longer than a day', () => {
    expect(waitAfter(1, 120, never)).toBe(2 * MINUTE);
    expect(waitAfter(2, 120, never)).toBe(5 * MINUTE);
    expect(waitAfter(1, 999_999_999, never)).toBe(24 * HOUR);
  });

  it('does not begin anew because the receiver asks for one', () => {
    expect(waitAfter(10, 120, never)).toBeNull();
    expect(waitAfter(11, 120, never)).toBeNull();
  });
});
