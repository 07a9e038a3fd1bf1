import { randomUUID } from 'node:crypto';
import { attempt, type Claimed, type Command, DomainException, type ExceptionKind, type Lane } from '@app/shared';
import { DependencyUnavailableException, isPoolExhausted, isTooSlow } from '../../libs/platform/src/database/failures';
import { TypeOrmUnitOfWork } from '../../libs/platform/src/database/typeorm-unit-of-work';
import { type RequestContext, requestContext } from '../../libs/platform/src/http/request-context';
import { BatchingCommandLanes } from '../../libs/platform/src/lanes/batching-command-lanes';
import { LANE_LIMITS, type LaneLimits } from '../../libs/platform/src/lanes/batching-lane';
import { IdempotencyKeys } from '../../libs/platform/src/lanes/idempotency-keys';
import {
  IdempotencyKeyReusedException,
  OverloadedException,
  RequestInProgressException,
} from '../../libs/platform/src/lanes/lane.exceptions';
import { openDatabase, type TestDatabase, times } from '../support/database';
import { deferred } from '../support/deferred';
import { within } from '../support/within';

/** A command that writes its text, unless the text asks for trouble. */
interface Write extends Command {
  readonly text: string;
}
type Batch = readonly Claimed<Write>[];
type Trouble = (batch: Batch, run: number) => Promise<unknown>;

class RefusedException extends DomainException {
  constructor(kind: ExceptionKind) {
    super(kind, 'REFUSED', { ko: '거절되었습니다', en: 'Refused' }, { shortages: [{ left: randomUUID() }] });
  }
}

let database: TestDatabase;
let user: string;
let batches: string[][];

beforeAll(async () => {
  database = await openDatabase([], { isHasty: true });
  await database.dataSource.query(`CREATE TABLE effect (n serial, user_id text, text text,
    transaction text DEFAULT pg_current_xact_id()::text)`);
});

beforeEach(() => {
  user = randomUUID();
  batches = [];
});

afterAll(async () => database?.close());

/** A lane of a new instance. `trouble` comes after the effects of a run and before its commit. */
function openLane(trouble: Trouble = async () => {}, lanes = database.lanes(), unitOfWork = database.unitOfWork) {
  return lanes.open<Write, string>('write', async (batch) => {
    batches.push(batch.map(({ text }) => text));
    const outcomes = batch.map(({ text }) => attempt(() => resultOf(text)));
    const written = batch.filter((_, i) => 'value' in outcomes[i]!);
    await unitOfWork.query('INSERT INTO effect (user_id, text) SELECT * FROM unnest($1::text[], $2::text[])', [
      written.map(({ userId }) => userId),
      written.map(({ text }) => text),
    ]);
    await trouble(batch, batches.length);
    return outcomes;
  });
}

function resultOf(text: string): string {
  if (text === 'conflict' || text === 'invalid' || text === 'not-found') throw new RefusedException(text);
  if (text === 'poison') throw new Error('poisoned');
  return `${text} ${randomUUID()}`;
}

const laneWith = (limits: Partial<LaneLimits>, trouble: Trouble) =>
  openLane(
    trouble,
    new BatchingCommandLanes(new IdempotencyKeys(database.unitOfWork), database.unitOfWork, {
      ...LANE_LIMITS,
      ...limits,
    }),
  );

/** Holds the first batch in flight until it is released. */
function gate() {
  const { promise: entered, resolve: enter } = deferred();
  const { promise: open, resolve: release } = deferred();
  const trouble: Trouble = async (_, run) => {
    if (run > 1) return;
    enter();
    await open;
  };
  return { trouble, entered, release };
}

/** Submits as a client that sends an `Idempotency-Key`; `contexts` collects what its response is told. */
function submit(lane: Lane<Write, string>, text: string, key: string, contexts: RequestContext[] = [], userId = user) {
  const context: RequestContext = {
    requestId: randomUUID(),
    language: 'ko',
    idempotency: { key, fingerprint: `fingerprint of ${text}` },
  };
  contexts.push(context);
  return requestContext.run(context, () => lane.submit({ userId, text }));
}

async function effects(userId = user): Promise<{ text: string; transaction: string }[]> {
  return database.dataSource.query('SELECT text, transaction FROM effect WHERE user_id = $1 ORDER BY n', [userId]);
}

const textsOf = async (userId?: string) => (await effects(userId)).map(({ text }) => text);
const valuesOf = <T>(ends: PromiseSettledResult<T>[]) =>
  ends.map((end) => (end.status === 'fulfilled' ? end.value : null));
const reasonsOf = (ends: PromiseSettledResult<unknown>[]) =>
  ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
const numbered = (count: number, from = 0) => Array.from({ length: count }, (_, i) => `n${from + i}`);
const replays = (contexts: RequestContext[]) => contexts.filter(({ replayOf }) => replayOf !== undefined);

describe('a lane', () => {
  it('decides together, in arrival order, whoever came while a batch was in flight; each gets an own result', async () => {
    const { trouble, entered, release } = gate();
    const lane = openLane(trouble);

    const first = times(1, () => lane.submit({ userId: user, text: 'n0' }));
    await entered;
    const others = times(99, (i) => lane.submit({ userId: user, text: `n${i + 1}` }));
    release();

    const results = valuesOf([...(await first), ...(await others)]);
    expect(results.map((result) => result?.split(' ')[0])).toEqual(numbered(100));
    expect(new Set(results).size).toBe(100);
    expect(batches).toEqual([['n0'], numbered(99, 1)]);
    expect(await textsOf()).toEqual(numbered(100));
    expect(new Set((await effects()).map(({ transaction }) => transaction)).size).toBe(2);
  });

  it('refuses at once who finds too many waiting, and serves those in batches of the size allowed', async () => {
    const { trouble, entered, release } = gate();
    const lane = laneWith({ maxBatch: 2, maxWaiting: 3 }, trouble);
    const first = times(1, () => lane.submit({ userId: user, text: 'n0' }));
    await entered;

    const waiting = times(3, (i) => lane.submit({ userId: user, text: `n${i + 1}` }));
    await expect(lane.submit({ userId: user, text: 'late' })).rejects.toThrow(OverloadedException);
    expect(batches).toHaveLength(1);
    release();

    expect(reasonsOf([...(await first), ...(await waiting)])).toEqual([]);
    expect(batches).toEqual([['n0'], ['n1', 'n2'], ['n3']]);
    expect(await textsOf()).toEqual(numbered(4));
  });

  it('answers at the deadline, in flight or waiting; a later result is for who asks again, and the rest is not done', async () => {
    const { trouble, entered, release } = gate();
    const lane = laneWith({ deadline: 200 }, trouble);
    const first = submit(lane, 'first', 'key');
    const refused = expect(first).rejects.toThrow(DependencyUnavailableException);
    await entered;

    await expect(lane.submit({ userId: user, text: 'late' })).rejects.toThrow(DependencyUnavailableException);
    await refused;
    expect(await textsOf()).toEqual([]);
    release();

    expect(await submit(lane, 'first', 'key')).toMatch('first');
    expect(await textsOf()).toEqual(['first']);
  });

  it('refuses to be entered from inside a unit of work', async () => {
    const lane = openLane();

    const inside = database.unitOfWork.run(() => lane.submit({ userId: user, text: 'inside' }));

    await expect(inside).rejects.toThrow('submit outside of any');
    expect(await textsOf()).toEqual([]);
  });
});

describe('an idempotency key', () => {
  it.each([
    ['one instance', 1],
    ['two instances', 2],
  ])('used 40 times at once on %s has one effect and one result', async (_, instances) => {
    const lanes = Array.from({ length: instances }, () => openLane());
    const contexts: RequestContext[] = [];

    const ends = await times(40, (i) => submit(lanes[i % instances]!, 'once', 'key', contexts));

    const results = new Set(valuesOf(ends));
    expect(results.size).toBe(1);
    expect(results).not.toContain(null);
    expect(await textsOf()).toEqual(['once']);
    const [original] = contexts.filter(({ replayOf }) => replayOf === undefined);
    expect(replays(contexts)).toHaveLength(39);
    expect(new Set(replays(contexts).map(({ replayOf }) => replayOf))).toEqual(new Set([original?.requestId]));
  });

  it.each([['at once'], ['later']])(
    'used %s for something else is refused, and the first result stays',
    async (when) => {
      const lane = openLane();
      const first = submit(lane, 'first', 'key');
      if (when === 'later') await first;

      await expect(submit(lane, 'other', 'key')).rejects.toThrow(IdempotencyKeyReusedException);

      expect(await submit(lane, 'first', 'key')).toBe(await first);
      expect(await textsOf()).toEqual(['first']);
    },
  );

  it('beside a malformed request with the same key is one in progress: the key stays free', async () => {
    const lane = openLane();
    const malformed = submit(lane, 'invalid', 'key');

    await expect(submit(lane, 'other', 'key')).rejects.toThrow(RequestInProgressException);
    await expect(malformed).rejects.toThrow(RefusedException);

    expect(await submit(lane, 'other', 'key')).toMatch('other');
    expect(await textsOf()).toEqual(['other']);
  });

  it.each(['conflict', 'not-found'] as const)('remembers a refusal of kind %s with all that it says', async (kind) => {
    const lane = openLane();
    const contexts: RequestContext[] = [];

    const [first] = reasonsOf(await times(1, () => submit(lane, kind, 'key', contexts)));
    const again = reasonsOf(await times(3, () => submit(openLane(), kind, 'key', contexts)));

    expect(first).toBeInstanceOf(RefusedException);
    const { code, sentence, details, message } = first as RefusedException;
    for (const refusal of again) expect(refusal).toMatchObject({ kind, code, sentence, details, message });
    expect(again).toHaveLength(3);
    expect(replays(contexts)).toEqual(contexts.slice(1));
  });

  it('makes void what was decided beside it when it was used, and that is decided again', async () => {
    const first = await submit(openLane(), 'first', 'key');
    const lane = openLane();

    const ends = await times(3, (i) => submit(lane, i === 1 ? 'first' : `n${i}`, i === 1 ? 'key' : `key ${i}`));

    expect(batches.slice(1)).toEqual([
      ['n0', 'first', 'n2'],
      ['n0', 'n2'],
    ]);
    expect(valuesOf(ends)[1]).toBe(first);
    expect(await textsOf()).toEqual(['first', 'n0', 'n2']);
  });

  it('stays free after a malformed request', async () => {
    const lane = openLane();
    const contexts: RequestContext[] = [];

    const refused = await times(2, () => submit(lane, 'invalid', 'key', contexts));
    await submit(lane, 'valid', 'key', contexts);

    expect(reasonsOf(refused)).toEqual([expect.any(RefusedException), expect.any(RefusedException)]);
    expect(replays(contexts)).toEqual([]);
    expect(await textsOf()).toEqual(['valid']);
  });

  it('belongs to its caller: the same key of another one is another key', async () => {
    const lane = openLane();
    const users = [user, randomUUID()];

    const ends = await times(2, (i) => submit(lane, 'own', 'key', [], users[i]));

    expect(new Set(valuesOf(ends)).size).toBe(2);
    for (const each of users) expect(await textsOf(each)).toEqual(['own']);
  });

  it('that another open transaction holds is in progress, and its neighbours are served', async () => {
    const holder = database.dataSource.createQueryRunner();
    await holder.startTransaction();
    await holder.query(
      `INSERT INTO idempotency_key (user_id, key, claim_id, fingerprint) VALUES ($1, 'held', gen_random_uuid(), '')`,
      [user],
    );
    const lane = openLane();
    const keys = ['before', 'held', 'after'];

    const ends = await times(3, (i) => submit(lane, keys[i]!, keys[i]!));

    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(reasonsOf(ends)).toEqual([expect.any(RequestInProgressException)]);
    expect(await textsOf()).toEqual(['before', 'after']);
    await holder.rollbackTransaction();
    await holder.release();
    await submit(lane, 'held', 'held');
    expect(await textsOf()).toEqual(['before', 'after', 'held']);
  });
});

describe('a batch that fails', () => {
  it('takes only the poisoned command down, not its neighbours', async () => {
    const lane = openLane();
    const texts = ['n0', 'n1', 'poison', 'n2', 'n3'];

    const ends = await times(5, (i) => lane.submit({ userId: user, text: texts[i]! }));

    expect(reasonsOf(ends)).toEqual([new Error('poisoned')]);
    expect(ends[2]?.status).toBe('rejected');
    expect(await textsOf()).toEqual(numbered(4));
  });

  it.each([
    ['in one batch', 0],
    ['in two', 1],
  ])('because a stranger holds a row takes down, soon, who wants the row, and nobody else: %s', async (_, ahead) => {
    const { dataSource, unitOfWork } = database;
    const row = randomUUID();
    await dataSource.query('INSERT INTO effect (text) VALUES ($1)', [row]);
    const lock = 'SELECT FROM effect WHERE text = $1 FOR UPDATE';
    const stranger = dataSource.createQueryRunner();
    await stranger.startTransaction();
    await stranger.query(lock, [row]);
    const lane = openLane(async (batch) => {
      if (batch.some(({ text }) => text === 'held')) await unitOfWork.query(lock, [row]);
    });
    const first = times(ahead, () => lane.submit({ userId: user, text: 'held' }));
    while (batches.length < ahead) await new Promise(setImmediate);

    const others = times(4, (i) => lane.submit({ userId: user, text: i < 3 ? 'held' : 'free' }));

    expect(await within(3_000, others)).toBe(true);
    expect((await others).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'fulfilled']);
    for (const reason of reasonsOf([...(await first), ...(await others)])) expect(isTooSlow(reason)).toBe(true);
    expect(await textsOf()).toEqual(['free']);
    await stranger.rollbackTransaction();
    await stranger.release();
    await lane.submit({ userId: user, text: 'held' });
    expect(await textsOf()).toEqual(['free', 'held']);
  });

  it('in a way that nobody thought of is an answer too, and the lane goes on', async () => {
    const odd = Object.defineProperty(new Error('odd'), 'constraint', {
      get: () => {
        throw new Error('even its description fails');
      },
    });
    const lane = openLane(async (_batch, run) => {
      if (run === 1) throw odd;
    });

    await expect(lane.submit({ userId: user, text: 'odd' })).rejects.toThrow('even its description fails');
    await lane.submit({ userId: user, text: 'next' });
    expect(await textsOf()).toEqual(['next']);
  });

  const failing = (code: string) => Promise.reject(Object.assign(new Error(code), { code }));
  it.each<[string, () => Promise<unknown>]>([
    ['a serialization failure', () => failing('40001')],
    ['a deadlock', () => failing('40P01')],
    ['a row that somebody else has just committed', () => failing('23505')],
    ['a server that lets nobody in for a moment', () => failing('53300')],
    ['a killed connection', () => database.unitOfWork.query('SELECT pg_terminate_backend(pg_backend_pid())')],
    ['a deadlock with another transaction', deadlock],
  ])('because of %s runs again as a whole, with one effect a command', async (_, trouble) => {
    const lane = openLane(async (_batch, run) => (run === 1 ? trouble() : undefined));
    const contexts: RequestContext[] = [];

    const ends = await times(10, (i) => submit(lane, `n${i}`, `key ${i}`, contexts));

    expect(reasonsOf(ends)).toEqual([]);
    expect(batches).toEqual([numbered(10), numbered(10)]);
    expect(await textsOf()).toEqual(numbered(10));
    expect(replays(contexts)).toEqual([]);
  });

  it('because all connections stay taken is refused as a whole, after one wait for one', async () => {
    const lane = openLane();
    const taken = await times(20, async () => {
      const runner = database.dataSource.createQueryRunner();
      await runner.connect();
      return runner;
    });

    const ends = times(3, (i) => submit(lane, `n${i}`, `key ${i}`));

    expect(await within(1_200, ends)).toBe(true);
    expect(reasonsOf(await ends).map(isPoolExhausted)).toEqual([true, true, true]);
    expect(batches).toEqual([]);
    for (const end of taken) if (end.status === 'fulfilled') await end.value.release();
    await times(3, (i) => submit(lane, `n${i}`, `key ${i}`));
    expect(await textsOf()).toEqual(numbered(3));
  });

  it('for ever is given up, and nothing of it is stored', async () => {
    const lane = openLane(() => database.unitOfWork.query('SELECT pg_terminate_backend(pg_backend_pid())'));

    const ends = await times(3, (i) => submit(lane, `n${i}`, `key ${i}`));

    expect(reasonsOf(ends)).toHaveLength(3);
    expect(batches).toHaveLength(4);
    expect(await textsOf()).toEqual([]);
  });
});

/** Two transactions that wait for each other's row; this one finds out. */
async function deadlock(): Promise<void> {
  const { unitOfWork, dataSource } = database;
  const [mine, theirs] = [randomUUID(), randomUUID()];
  await dataSource.query('INSERT INTO effect (text) VALUES ($1), ($2)', [mine, theirs]);
  const lock = 'SELECT FROM effect WHERE text = $1 FOR UPDATE';
  const other = dataSource.createQueryRunner();
  await other.startTransaction();
  await other.query(`SET LOCAL deadlock_timeout = '10s'`);
  await other.query(lock, [theirs]);
  await unitOfWork.query(lock, [mine]);
  const waiting = other.query(lock, [mine]).then(() => other.rollbackTransaction());
  while ((await dataSource.query<unknown[]>('SELECT FROM pg_locks WHERE NOT granted')).length === 0);
  await unitOfWork.query(`SET LOCAL deadlock_timeout = '10ms'`);
  try {
    await unitOfWork.query(lock, [theirs]);
  } catch (error) {
    expect(error).toMatchObject({ code: '40P01' });
    // The other one goes on once the transaction of this one has ended.
    void waiting.then(() => other.release());
    throw error;
  }
}

describe('a commit whose reply is lost', () => {
  class LosesTheFirstReply extends TypeOrmUnitOfWork {
    private isLost = false;

    override async run<T>(work: () => Promise<T>): Promise<T> {
      const result = await super.run(work);
      if (this.isLost) return result;
      this.isLost = true;
      throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    }
  }

  function openLossyLane(): Lane<Write, string> {
    const unitOfWork = new LosesTheFirstReply(database.dataSource);
    return openLane(
      undefined,
      new BatchingCommandLanes(new IdempotencyKeys(unitOfWork), unitOfWork, LANE_LIMITS),
      unitOfWork,
    );
  }

  it('has one effect, and answers its own caller as if nothing had happened', async () => {
    const lane = openLossyLane();
    const contexts: RequestContext[] = [];

    const ends = await times(3, () => submit(lane, 'once', 'key', contexts));

    expect(await textsOf()).toEqual(['once']);
    expect(new Set(valuesOf(ends)).size).toBe(1);
    expect(await submit(openLane(), 'once', 'key')).toBe(valuesOf(ends)[0]);
    expect(replays(contexts)).toEqual(contexts.slice(1));
  });

  it('has one effect also without a key of the client, and a refusal stays the same', async () => {
    const lane = openLossyLane();

    const ends = await times(4, (i) => lane.submit({ userId: user, text: ['n0', 'n1', 'conflict', 'n2'][i]! }));

    expect(await textsOf()).toEqual(numbered(3));
    expect(reasonsOf(ends)).toMatchObject([{ kind: 'conflict', code: 'REFUSED', message: '거절되었습니다' }]);
  });
});
