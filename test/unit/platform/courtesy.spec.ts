import type { EventLoopUtilization } from 'node:perf_hooks';
import { Courtesy } from '../../../libs/platform/src/jobs/courtesy';
import { within } from '../../support/within';

/** How long it rests in a process that was so busy, after work that took so many milliseconds. */
async function restAfter(milliseconds: number, utilization: number): Promise<number[]> {
  const look = (since?: EventLoopUtilization): EventLoopUtilization => ({
    idle: 0,
    active: 0,
    utilization: since === undefined ? 0.5 : utilization,
  });
  const times = [0, milliseconds];
  const rests: number[] = [];
  const courtesy = new Courtesy(
    look,
    () => times.shift() ?? 0,
    async (rest) => void rests.push(rest),
  );
  courtesy.begin();
  await courtesy.rest();
  return rests;
}

describe('work in the background', () => {
  it('goes on at once in a process that has time', async () => {
    expect(await restAfter(20, 0.69)).toEqual([]);
  });

  it('takes a tenth of the time of one that is busy', async () => {
    expect(await restAfter(20, 0.71)).toEqual([180]);
  });

  it('never rests for longer than half a second', async () => {
    expect(await restAfter(1_000, 1)).toEqual([500]);
  });

  it('rests no longer when the process ends', async () => {
    const busy = { idle: 0, active: 0, utilization: 1 };
    const times = [0, 60_000];
    const courtesy = new Courtesy(
      () => busy,
      () => times.shift() ?? 0,
    );
    courtesy.begin();
    const rest = courtesy.rest();

    courtesy.end();

    expect(await within(400, rest)).toBe(true);
  });
});
