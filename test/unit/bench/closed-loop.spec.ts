import { closedLoop } from '../../bench/load/closed-loop';

const nobody = { began: () => undefined, ended: () => undefined };
const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the closed loop', () => {
  it('has one request of each caller in flight, and never two', async () => {
    const inFlight = new Map<number, number>();
    let most = 0;

    await closedLoop(
      { callers: 3, warmUp: 0, duration: 20 },
      async (caller) => {
        inFlight.set(caller, (inFlight.get(caller) ?? 0) + 1);
        most = Math.max(most, ...inFlight.values());
        await soon();
        inFlight.set(caller, inFlight.get(caller)! - 1);
      },
      nobody,
    );

    expect([most, [...inFlight.keys()]]).toEqual([1, [0, 1, 2]]);
  });

  it('counts nothing of the warm-up', async () => {
    let done = 0;
    let doneWhenItBegan = 0;
    const began = (): void => {
      doneWhenItBegan = done;
    };

    const result = await closedLoop({ callers: 1, warmUp: 20, duration: 20 }, () => soon().then(() => void done++), {
      ...nobody,
      began,
    });

    expect(doneWhenItBegan).toBeGreaterThan(0);
    expect(result.doneInAll).toBe(done);
    expect(result.done).toBeLessThanOrEqual(done - doneWhenItBegan);
  });

  it('ends with what the first caller fails with', async () => {
    const failing = async (caller: number): Promise<void> => {
      await soon();
      if (caller === 1) throw new Error('answered with 500');
    };

    await expect(closedLoop({ callers: 2, warmUp: 0, duration: 60_000 }, failing, nobody)).rejects.toThrow('500');
  });
});
