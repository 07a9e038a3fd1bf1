import { currencyOf } from '@app/shared';
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
    const load = pending<string>();
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

describe('an answer that is an object', () => {
  interface Value {
    readonly n: number;
  }
  let values: Pending<Value>[];
  let objects: RecentReads<Value>;
  let shared: Value;
  let isCurrent: () => boolean;

  function load(): Promise<Value> {
    const next = pending<Value>();
    values.push(next);
    return next.promise;
  }

  beforeEach(async () => {
    values = [];
    objects = new RecentReads<Value>(2, 1_000, () => time);
    const answer = objects.get('one', load);
    values[0]!.resolve({ n: 1 });
    shared = await answer;
    isCurrent = currencyOf(shared)!;
  });

  async function renewedBy(value: Value): Promise<void> {
    time = 800;
    isCurrent();
    values.at(-1)!.resolve(value);
    await settled();
  }

  it('is shared for a second, and asked for by nobody meanwhile who does not look at it late', () => {
    time = 600;
    expect(isCurrent()).toBe(true);
    expect(values).toHaveLength(1);
    time = 1_000;
    expect(isCurrent()).toBe(false);
  });

  it('is asked for again, once, by those who look at it late', () => {
    time = 800;
    expect([isCurrent(), isCurrent()]).toEqual([true, true]);
    expect(values).toHaveLength(2);
  });

  it('is shared for another second from then on, as it is, when it is the same', async () => {
    await renewedBy({ n: 1 });

    time = 1_799;
    expect(isCurrent()).toBe(true);
    expect(await objects.get('one', load)).toBe(shared);
    time = 1_800;
    expect(isCurrent()).toBe(false);
  });

  it('is not given once its second is over, though one that was asked for later stands before it', async () => {
    time = 750;
    isCurrent();
    time = 800;
    void objects.get('two', load);
    time = 950;
    values[1]!.resolve({ n: 1 });
    await settled();

    time = 1_780;
    void objects.get('one', load);
    expect(values).toHaveLength(4);
  });

  it('gives way to another one', async () => {
    await renewedBy({ n: 2 });

    expect(isCurrent()).toBe(false);
    const newer = await objects.get('one', load);
    expect(newer).toEqual({ n: 2 });
    expect(currencyOf(newer)!()).toBe(true);
    expect(values).toHaveLength(2);
  });

  it('is forgotten, however it is being renewed', async () => {
    time = 800;
    isCurrent();
    objects.forget(['one']);
    values[1]!.resolve({ n: 1 });
    await settled();

    expect(isCurrent()).toBe(false);
    void objects.get('one', load);
    expect(values).toHaveLength(3);
  });

  it('has its own second, though it could not be renewed', async () => {
    time = 800;
    isCurrent();
    values[1]!.reject(new Error('away'));
    await settled();

    time = 999;
    expect(isCurrent()).toBe(true);
    expect(values).toHaveLength(2);
    time = 1_000;
    expect(isCurrent()).toBe(false);
  });
});

interface Pending<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: Error): void;
}

function pending<T>(): Pending<T> {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}

/** Every promise that waited for one that is settled has been told. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
