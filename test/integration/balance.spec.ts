import { randomUUID } from 'node:crypto';
import { Money, ValidationFailedException } from '@app/shared';
import { BalanceRow } from '../../libs/balance/src/adapters/persistence/balance.row';
import { TypeOrmBalanceRepository } from '../../libs/balance/src/adapters/persistence/typeorm-balance.repository';
import { BalanceService, type Charge } from '../../libs/balance/src/application/balance.service';
import { BalanceLimitExceededException } from '../../libs/balance/src/domain/balance.exceptions';
import { violatedConstraint } from '../../libs/platform/src/database/failures';
import { encodeCursor } from '../../libs/platform/src/http/cursor';

import { requestContext } from '../../libs/platform/src/http/request-context';
import { IdempotencyKeyReusedException } from '../../libs/platform/src/lanes/lane.exceptions';
import { openDatabase, type TestDatabase, times } from '../support/database';

const won = Money.of;
const LIMIT = 1_000_000_000;
let database: TestDatabase;
let service: BalanceService;
let user: string;

const newInstance = () =>
  new BalanceService(new TypeOrmBalanceRepository(database.unitOfWork), database.clock, database.lanes());

beforeAll(async () => {
  database = await openDatabase([BalanceRow]);
});

beforeEach(() => {
  service = newInstance();
  user = randomUUID();
});

afterAll(async () => database?.close());

/** As a client does that sends an `Idempotency-Key`. */
function charge(amount: number, { by = service, key = randomUUID() as string, userId = user } = {}): Promise<Charge> {
  const idempotency = { key, fingerprint: String(amount) };
  return requestContext.run({ requestId: randomUUID(), language: 'ko', idempotency }, () =>
    by.charge({ userId, amount: won(amount) }),
  );
}

function pay(amount: number, userIds = [user]): Promise<void> {
  return database.unitOfWork.run(async () => {
    const balances = await service.lockAll(userIds);
    const entry = () => ({ id: randomUUID(), at: new Date(), referenceId: randomUUID() });
    for (const balance of balances.values()) balance.pay(won(amount), entry());
    await service.saveAll(balances.values());
  });
}

async function expectLedger(lines: number, sum: number, userId = user): Promise<void> {
  const ledger = await database.dataSource.query<{ sequence: number; amount: number; balance_after: number }[]>(
    'SELECT sequence, amount, balance_after FROM balance_transaction WHERE user_id = $1 ORDER BY sequence',
    [userId],
  );
  let held = 0;
  for (const [i, line] of ledger.entries()) {
    held += line.amount;
    expect(line).toMatchObject({ sequence: i + 1, balance_after: held });
  }
  expect(ledger).toHaveLength(lines);
  expect(held).toBe(sum);
  expect(await service.amountOf(userId)).toEqual(won(sum));
}

const rejected = (ends: PromiseSettledResult<unknown>[]) =>
  ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));

describe('charges that arrive at once', () => {
  it('are all kept, the first of a new user included', async () => {
    const ends = await times(50, (i) => charge(100 + i));

    expect(rejected(ends)).toEqual([]);
    await expectLedger(50, 50 * 100 + (49 * 50) / 2);
  });

  it('are all kept by two instances', async () => {
    const instances = [newInstance(), newInstance()];

    const ends = await times(100, (i) => charge(1_000, { by: instances[i % 2] as BalanceService }));

    expect(rejected(ends)).toEqual([]);
    await expectLedger(100, 100_000);
  });

  it('are each told the balance after their own one', async () => {
    const ends = await times(40, () => charge(1_000));

    const told = ends.map((end) => (end.status === 'fulfilled' ? end.value.balance : 0)).sort((a, b) => a - b);
    expect(told).toEqual(Array.from({ length: 40 }, (_, i) => (i + 1) * 1_000));
  });

  it('never lift a balance above 1,000,000,000 won, and the rest are refused', async () => {
    const instances = [newInstance(), newInstance()];
    await charge(LIMIT - 10_000_000);

    const ends = await times(50, (i) => charge(1_000_000, { by: instances[i % 2] as BalanceService }));

    const refused = rejected(ends);
    expect(refused).toHaveLength(40);
    for (const refusal of refused) expect(refusal).toMatchObject({ code: new BalanceLimitExceededException().code });
    await expectLedger(11, LIMIT);
  });

  it('with one key have one effect and one receipt', async () => {
    const key = randomUUID();
    const instances = [newInstance(), newInstance()];

    const ends = await times(40, (i) => charge(700, { key, by: instances[i % 2] as BalanceService }));

    expect(rejected(ends)).toEqual([]);
    expect(new Set(ends.map((end) => JSON.stringify(end))).size).toBe(1);
    await expectLedger(1, 700);
  });
});

describe('payments that arrive at once', () => {
  it('never take more than is held', async () => {
    await charge(1_000);

    const ends = await times(30, () => pay(100));

    expect(rejected(ends)).toHaveLength(20);
    for (const refusal of rejected(ends)) expect(refusal).toMatchObject({ code: 'INSUFFICIENT_BALANCE' });
    await expectLedger(11, 0);
  });

  it('go together with charges of the same user', async () => {
    await charge(10_000);

    const ends = await times(60, (i) => (i % 2 ? charge(100) : pay(100)) as Promise<unknown>);

    expect(rejected(ends)).toEqual([]);
    await expectLedger(61, 10_000);
  });

  it('lock many users in one order, so that they never wait for each other', async () => {
    const users = Array.from({ length: 6 }, () => randomUUID());
    for (const userId of users) await charge(10_000, { userId });

    const ends = await times(40, (i) => pay(10, i % 2 ? users : [...users].reverse()));

    expect(rejected(ends)).toEqual([]);
    for (const userId of users) await expectLedger(41, 9_600, userId);
  });

  it('cannot lock outside of a unit of work, and leave no row for having tried', async () => {
    await expect(service.lockAll([user])).rejects.toThrow('an open unit of work is required');

    expect(await database.dataSource.query('SELECT FROM balance WHERE user_id = $1', [user])).toEqual([]);
  });
});

describe('a key that the ledger knows although it is no longer remembered', () => {
  it('is refused without a second effect, and its neighbours are served', async () => {
    const key = randomUUID();
    await charge(500, { key });
    await database.dataSource.query('DELETE FROM idempotency_key WHERE user_id = $1', [user]);

    const ends = await Promise.allSettled([charge(1), charge(500, { key }), charge(2)]);

    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(rejected(ends)).toEqual([expect.any(IdempotencyKeyReusedException)]);
    await expectLedger(3, 503);
  });
});

describe('the database by itself', () => {
  it.each([
    'UPDATE balance_transaction SET amount = 1',
    'DELETE FROM balance_transaction',
    'TRUNCATE balance_transaction',
  ])('refuses %s', async (statement) => {
    await charge(500);

    await expect(database.dataSource.query(statement)).rejects.toThrow('balance_transaction is append-only');

    await expectLedger(1, 500);
  });

  it.each([-1, LIMIT + 1])('refuses a balance of %i won', async (amount) => {
    await charge(500);

    const update = database.dataSource.query('UPDATE balance SET amount = $1 WHERE user_id = $2', [amount, user]);

    expect(violatedConstraint(await update.catch((error: unknown) => error))).toBe('balance_amount_in_range');
    await expectLedger(1, 500);
  });
});

describe('the pages of a ledger', () => {
  const pageAfter = (cursor?: string | null) => service.transactionsOf(user, { limit: 2, cursor: cursor ?? undefined });

  it('neither repeat nor skip a line while new ones come in', async () => {
    for (const amount of [1, 2, 3, 4, 5]) await charge(amount);

    const first = await pageAfter();
    await charge(6);
    const second = await pageAfter(first.nextCursor);
    await charge(7);
    const third = await pageAfter(second.nextCursor);

    const amounts = [first, second, third].map(({ items }) => items.map(({ amount }) => amount.won));
    expect(amounts).toEqual([[5, 4], [3, 2], [1]]);
    expect(third.nextCursor).toBeNull();
  });

  it.each([
    ['tampered with', () => `x${encodeCursor('balance-transactions', [3])}`],
    ['of another list', () => encodeCursor('orders', [3])],
    ['holding a text', () => encodeCursor('balance-transactions', ['3; DROP TABLE balance'])],
    ['holding nothing', () => encodeCursor('balance-transactions', [])],
    ['holding half a number', () => encodeCursor('balance-transactions', [1.5])],
    ['holding more than an integer can', () => encodeCursor('balance-transactions', [2 ** 31])],
  ])('cannot start at a cursor %s', async (_, cursor) => {
    await charge(500);

    await expect(pageAfter(cursor())).rejects.toThrow(ValidationFailedException);
  });
});
