import { RecentReads } from '../../../libs/platform/src/reads/recent-reads';

let time: number;
let loads: Pending<string>[];
let reads: RecentReads<string>;

beforeEach(() => {
  time = 0;
  loads = [];
  reads = new RecentReads<string>(2, 1_000, () => time);
});

function read(key = 'page'): Promise<string> {
  return reads.get(key, () => {
    const load = pending();
    loads.push(load);
    return load.promise;
  });
}

describe('recent reads', () => {
  it('load once for a stampede', async () => {
    const answers = Promise.all(Array.from({ length: 1_000 }, () => read()));
    loads[0]!.resolve('first');

    expect(new Set(await answers)).toEqual(new Set(['first']));
    expect(loads).toHaveLength(1);
  });

  it('are a second old at most, counted from when they were asked for', async () => {
    const first = read();
    time = 900;
    loads[0]!.resolve('first');
    await first;

    time = 999;
    expect(await read()).toBe('first');

    time = 1_000;
    void read();
    expect(loads).toHaveLength(2);
  });

  it('answer who asks after a write with a load that began after it, though an older one ends later', async () => {
    const early = read();
    reads.forget();
    const late = read();
    loads[1]!.resolve('new');
    loads[0]!.resolve('old');

    expect(await early).toBe('old');
    expect(await late).toBe('new');
    expect(await read()).toBe('new');
    expect(loads).toHaveLength(2);
  });

  it('are not kept when they fail', async () => {
    const failed = read();
    loads[0]!.reject(new Error('away'));
    await expect(failed).rejects.toThrow('away');

    const again = read();
    loads[1]!.resolve('back');
    expect(await again).toBe('back');
  });

  it('that fail late do not drop a newer answer', async () => {
    const failed = read();
    reads.forget();
    void read();
    loads[0]!.reject(new Error('away'));
    await expect(failed).rejects.toThrow('away');
    loads[1]!.resolve('new');

    expect(await read()).toBe('new');
    expect(loads).toHaveLength(2);
  });

  it('drop the oldest when there are too many', async () => {
    for (const key of ['a', 'b', 'c']) void read(key);
    for (const load of loads) load.resolve('loaded');

    await read('b');
    await read('c');
    expect(loads).toHaveLength(3);
    void read('a');
    expect(loads).toHaveLength(4);
  });
});

interface Pending<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: Error): void;
}

function pending(): Pending<string> {
  let resolve!: (value: string) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<string>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}
