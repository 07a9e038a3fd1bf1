import { attempt, type Claimed, type Command, DomainException, type Outcome } from '@app/shared';
import { ImmediateLanes } from '../../support/fakes/immediate-lanes';

interface Take extends Command {
  readonly amount: number;
}

class TooMuchException extends DomainException {
  constructor() {
    super('conflict', 'TOO_MUCH', { ko: '너무 많습니다', en: 'Too much' });
  }
}

async function takeAll(batch: readonly Claimed<Take>[]): Promise<Outcome<string>[]> {
  return batch.map(({ amount, key }) =>
    attempt(() => {
      if (amount > 10) throw new TooMuchException();
      return `${amount} of ${batch.length} by ${key}`;
    }),
  );
}

describe('the lanes of the unit tests', () => {
  const lane = new ImmediateLanes().open('take', takeAll);

  it('decide each command alone, under a key of its own', async () => {
    const results = await Promise.all([1, 2].map((amount) => lane.submit({ userId: 'kim', amount })));

    expect(results).toEqual([expect.stringMatching(/^1 of 1 by ./), expect.stringMatching(/^2 of 1 by ./)]);
    expect(new Set(results.map((result) => result.split(' by ')[1])).size).toBe(2);
  });

  it('throw the refusal of a command at its caller', async () => {
    await expect(lane.submit({ userId: 'kim', amount: 11 })).rejects.toThrow(TooMuchException);
  });

  it('pass on what is not a refusal', async () => {
    const broken = new ImmediateLanes().open('broken', () => Promise.reject(new Error('a bug')));

    await expect(broken.submit({ userId: 'kim' })).rejects.toThrow('a bug');
  });
});
