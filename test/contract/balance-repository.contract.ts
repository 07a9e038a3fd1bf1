import { randomUUID } from 'node:crypto';
import { Money, type UnitOfWork } from '@app/shared';
import type { BalanceRepository } from '../../libs/balance/src/application/ports/balance.repository';
import type { Balance, BalanceEntry } from '../../libs/balance/src/domain/balance';

const won = Money.of;

function entry(more: Partial<BalanceEntry> = {}): BalanceEntry {
  return { id: randomUUID(), at: new Date('2026-11-22T03:00:00.123Z'), ...more };
}

/** What whoever keeps balances promises. */
export function balanceRepositoryContract(open: () => { balances: BalanceRepository; unitOfWork: UnitOfWork }): void {
  const change = (users: readonly string[], apply: (balance: Balance) => void): Promise<void> => {
    const { balances, unitOfWork } = open();
    return unitOfWork.run(async () => {
      const locked = await balances.lockAll(users);
      for (const balance of locked.values()) apply(balance);
      await balances.saveAll(locked.values());
    });
  };
  const find = (user: string) => open().balances.find(user);
  const ledgerOf = async (user: string) => (await open().balances.transactionsOf(user, { limit: 100 })).items;

  it('knows nothing of a user never seen, and asking does not change that', async () => {
    const user = randomUUID();

    expect(await find(user)).toBeNull();
    expect(await find(user)).toBeNull();
    expect(await open().balances.transactionsOf(user, { limit: 10 })).toEqual({ items: [], nextCursor: null });
  });

  it('locks a user never seen with an empty balance', async () => {
    const user = randomUUID();
    const seen: unknown[] = [];

    await change([user], ({ userId, amount, lastSequence }) => seen.push([userId, amount, lastSequence]));

    expect(seen).toEqual([[user, Money.zero, 0]]);
    expect(await find(user)).toEqual(Money.zero);
  });

  it('locks each user once, however often it is asked for', async () => {
    const [one, other] = [randomUUID(), randomUUID()];
    const seen: string[] = [];

    await change([other, one, other, one], ({ userId }) => seen.push(userId));

    expect(seen.sort()).toEqual([one, other].sort());
  });

  it('stores the amount and each change with all its facts', async () => {
    const user = randomUUID();
    const charge = entry({ idempotencyKey: 'a key' });
    const payment = entry({ referenceId: randomUUID() });
    const refund = entry({ referenceId: randomUUID() });

    await change([user], (balance) => {
      balance.charge(won(10_000), charge);
      balance.pay(won(3_000), payment);
    });
    await change([user], (balance) => balance.refund(won(1_000), refund));

    const common = { userId: user, createdAt: charge.at, referenceId: null, idempotencyKey: null };
    expect(await find(user)).toEqual(won(8_000));
    expect(await ledgerOf(user)).toEqual([
      { ...common, ...ids(refund), sequence: 3, type: 'REFUND', amount: won(1_000), balanceAfter: won(8_000) },
      { ...common, ...ids(payment), sequence: 2, type: 'PAYMENT', amount: won(-3_000), balanceAfter: won(7_000) },
      { ...common, ...ids(charge), sequence: 1, type: 'CHARGE', amount: won(10_000), balanceAfter: won(10_000) },
    ]);
  });

  it('goes on where the last change ended', async () => {
    const user = randomUUID();
    await change([user], (balance) => void balance.charge(won(500), entry()));
    const seen: unknown[] = [];

    await change([user], ({ amount, lastSequence, changes }) => seen.push([amount, lastSequence, changes]));

    expect(seen).toEqual([[won(500), 1, []]]);
  });

  it('stores the changes of many users at once, and nothing for those without a change', async () => {
    const [rich, poor] = [randomUUID(), randomUUID()];

    await change([rich, poor], (balance) => {
      if (balance.userId === rich) balance.charge(won(1_000_000_000), entry());
    });

    expect(await find(rich)).toEqual(won(1_000_000_000));
    expect(await find(poor)).toEqual(Money.zero);
    expect(await ledgerOf(rich)).toHaveLength(1);
    expect(await ledgerOf(poor)).toEqual([]);
  });

  it('shows the ledger newest first, page by page, and nobody else’s', async () => {
    const user = randomUUID();
    for (let n = 1; n <= 5; n++) {
      await change([user, randomUUID()], (balance) => void balance.charge(won(n), entry()));
    }

    const { balances } = open();
    const first = await balances.transactionsOf(user, { limit: 2 });
    const second = await balances.transactionsOf(user, { limit: 2, cursor: first.nextCursor ?? '' });
    const third = await balances.transactionsOf(user, { limit: 2, cursor: second.nextCursor ?? '' });

    const pages = [first, second, third].map(({ items }) => items.map(({ sequence }) => sequence));
    expect(pages).toEqual([[5, 4], [3, 2], [1]]);
    expect(third.nextCursor).toBeNull();
  });

  it('has no further page when the last one is just full', async () => {
    const user = randomUUID();
    await change([user], (balance) => {
      balance.charge(won(1), entry());
      balance.charge(won(2), entry());
    });

    expect((await open().balances.transactionsOf(user, { limit: 2 })).nextCursor).toBeNull();
  });
}

function ids({ id, referenceId, idempotencyKey }: BalanceEntry) {
  return { id, ...(referenceId && { referenceId }), ...(idempotencyKey && { idempotencyKey }) };
}
