import { closedLoop } from '../../bench/load/closed-loop';

const nobody = { began: () => undefined, ended: () => undefined };
const takes = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('the closed loop', () => {
  it('has one request of each caller in flight, and never two', async () => {
    const inFlight = new Map<number, number>();
    let most = 0;

    const running = closedLoop(
      { callers: 3, warmUp: 0, duration: 20 },
      async (caller) => {
        inFlight.set(caller, (inFlight.get(caller) ?? 0) + 1);
        most = Math.max(most, ...inFlight.values());
        await takes(1);
        inFlight.set(caller, inFlight.get(caller)! - 1);
      },
      nobody,
    );
    await jest.advanceTimersByTimeAsync(30);
    await running;

    expect([most, [...inFlight.keys()]]).toEqual([1, [0, 1, 2]]);
  });

  it('counts nothing of the warm-up, and nothing that is answered after the end', async () => {
    const running = closedLoop({ callers: 2, warmUp: 100, duration: 95 }, () => takes(10), nobody);
    await jest.advanceTimersByTimeAsync(300);

    // Answers at 110, 120... 190 of each caller. That of 100 is as old as the beginning, that of 200 is too late.
    const { done, doneInAll, p50 } = await running;

    expect(done).toBeGreaterThanOrEqual(18);
    expect(done).toBeLessThanOrEqual(20);
    expect([doneInAll, p50]).toEqual([40, 10]);
  });

  it('counts on for slow work until there are as many answers as callers', async () => {
    const running = closedLoop({ callers: 4, warmUp: 100, duration: 100 }, (caller) => takes(900 + caller), nobody);
    await jest.advanceTimersByTimeAsync(2_000);

    const { done, seconds } = await running;

    expect(done).toBe(4);
    expect(seconds).toBeCloseTo(0.803, 2);
  });

  it('waits ten seconds for them, and no longer', async () => {
    const slow = (caller: number): Promise<void> => takes(caller === 0 ? 1_000 : 60_000);

    const running = closedLoop({ callers: 20, warmUp: 0, duration: 100 }, slow, nobody);
    await jest.advanceTimersByTimeAsync(60_000);
    const { done, seconds } = await running;

    expect([done, seconds]).toEqual([10, 10]);
  });

  it('ends with what the first caller fails with', async () => {
    const failing = async (caller: number): Promise<void> => {
      await takes(1);
      if (caller === 1) throw new Error('answered with 500');
    };

    const running = expect(closedLoop({ callers: 2, warmUp: 0, duration: 60_000 }, failing, nobody)).rejects.toThrow(
      '500',
    );
    await jest.advanceTimersByTimeAsync(10);

    await running;
  });
});
