import { DependencyUnavailableException } from '../../../libs/platform/src/database/failures';
import { OverloadedException } from '../../../libs/platform/src/lanes/lane.exceptions';
import { GatheredReads } from '../../../libs/platform/src/reads/gathered-reads';

/** A store that answers when the test says so. */
class Store {
  readonly asked: (readonly string[])[] = [];
  private readonly answers: ((error?: Error) => void)[] = [];

  readonly reads = new GatheredReads<string>((keys) => {
    this.asked.push(keys);
    return new Promise((resolve, reject) => {
      this.answers.push((error) => {
        if (error) reject(error);
        else resolve(new Map(keys.filter((key) => key !== 'nobody').map((key) => [key, `of ${key}`])));
      });
    });
  });

  answer(error?: Error): void {
    this.answers.shift()?.(error);
  }
}

/** Asks for one after the other, as long after each other as a statement may take that is not hanging. */
async function getPastHanging({ reads }: Store, keys: readonly string[]): Promise<Promise<unknown>[]> {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'performance'] });
  const answers: Promise<unknown>[] = [];
  for (const key of keys) {
    answers.push(reads.get(key));
    await nextTurn();
    jest.advanceTimersByTime(20);
  }
  jest.useRealTimers();
  return answers;
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('reads that are gathered', () => {
  it('share one statement when they arrive together, each key once, and get what is theirs', async () => {
    const store = new Store();
    const answers = ['kim', 'lee', 'kim', 'nobody'].map((key) => store.reads.get(key));
    await nextTurn();
    store.answer();

    expect(await Promise.all(answers)).toEqual(['of kim', 'of lee', 'of kim', undefined]);
    expect(store.asked).toEqual([['kim', 'lee', 'nobody']]);
  });

  it('never join a statement that began before them: they go together in the next one', async () => {
    const store = new Store();
    const early = store.reads.get('kim');
    await nextTurn();
    const late = ['kim', 'lee'].map((key) => store.reads.get(key));
    await nextTurn();
    expect(store.asked).toEqual([['kim']]);

    store.answer();
    await early;
    await nextTurn();
    expect(store.asked).toEqual([['kim'], ['kim', 'lee']]);
    store.answer();
    expect(await Promise.all(late)).toEqual(['of kim', 'of lee']);
  });

  it('go past statements that hang, up to four at once', async () => {
    const store = new Store();
    const answers = await getPastHanging(store, ['a', 'b', 'c', 'd', 'e', 'f']);
    expect(store.asked).toEqual([['a'], ['b'], ['c'], ['d']]);

    for (let i = 0; i < 4; i++) store.answer();
    await Promise.all(answers.slice(0, 4));
    await nextTurn();
    expect(store.asked[4]).toEqual(['e', 'f']);
    store.answer();
    expect(await Promise.all(answers)).toHaveLength(6);
  });

  it('fail together, and the next ones do not', async () => {
    const store = new Store();
    const failing = [store.reads.get('kim'), store.reads.get('lee')];
    await nextTurn();
    store.answer(new Error('away'));
    for (const read of failing) await expect(read).rejects.toThrow('away');

    const next = store.reads.get('kim');
    await nextTurn();
    store.answer();
    expect(await next).toBe('of kim');
  });

  it('are given up after three seconds without an answer, and the next ones are read', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'performance'] });
    const store = new Store();
    const silent = store.reads.get('kim');
    const refused = expect(silent).rejects.toThrow(DependencyUnavailableException);
    await nextTurn();
    jest.advanceTimersByTime(3_000);
    jest.useRealTimers();
    await refused;

    store.answer();
    await nextTurn();
    const next = store.reads.get('lee');
    await nextTurn();
    store.answer();
    expect(await next).toBe('of lee');
  });

  it('are refused at once when too many wait, and those that have waited for two seconds when their turn comes', async () => {
    const now = jest.spyOn(performance, 'now').mockReturnValue(0);
    const store = new Store();
    const held = await getPastHanging(store, ['a', 'b', 'c', 'd']);
    const waiting = Array.from({ length: 4_096 }, () => store.reads.get('kim').catch((error: unknown) => error));
    await expect(store.reads.get('kim')).rejects.toThrow(OverloadedException);

    now.mockReturnValue(2_001);
    for (let i = 0; i < 4; i++) store.answer();
    await Promise.all(held);
    await nextTurn();

    const refused = (await Promise.all(waiting)).filter((end) => end instanceof OverloadedException);
    expect(refused).toHaveLength(4_096);
    expect(store.asked).toHaveLength(4);
    now.mockRestore();
  });
});
