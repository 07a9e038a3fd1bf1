import { Money } from '@app/shared';
import { BalanceService } from '../../../libs/balance/src/application/balance.service';
import {
  BalanceLimitExceededException,
  InvalidChargeAmountException,
} from '../../../libs/balance/src/domain/balance.exceptions';
import { ImmediateLanes } from '../../support/fakes/immediate-lanes';
import { InMemoryBalanceRepository } from '../../support/fakes/in-memory-balance.repository';
import { SetClock } from '../../support/fakes/set-clock';

const won = Money.of;
const user = 'kim';
let balances: InMemoryBalanceRepository;
let clock: SetClock;
let service: BalanceService;

beforeEach(() => {
  balances = new InMemoryBalanceRepository();
  clock = new SetClock(new Date('2026-11-22T03:00:00.000Z'));
  service = new BalanceService(balances, clock, new ImmediateLanes());
});

const charge = (amount: number, userId = user) => service.charge({ userId, amount: won(amount) });

describe('reading a balance', () => {
  it('finds 0 won for a user never seen, and opens nothing for having been asked', async () => {
    expect(await service.amountOf(user)).toEqual(Money.zero);
    expect(await balances.find(user)).toBeNull();
  });

  it('finds what was charged', async () => {
    await charge(5_000);

    expect(await service.amountOf(user)).toEqual(won(5_000));
  });

  it('shows the ledger newest first, in pages, and only the own one', async () => {
    for (const amount of [1_000, 2_000, 3_000]) await charge(amount);
    await charge(9_000, 'lee');

    const first = await service.transactionsOf(user, { limit: 2 });
    const second = await service.transactionsOf(user, { limit: 2, cursor: first.nextCursor ?? '' });

    expect(first.items.map(({ amount }) => amount.won)).toEqual([3_000, 2_000]);
    expect(second.items.map(({ amount }) => amount.won)).toEqual([1_000]);
    expect(second.nextCursor).toBeNull();
  });
});

describe('charging a balance', () => {
  it('gives a receipt of what was charged, what is held now, and when', async () => {
    await charge(5_000);
    clock.advance(60_000);

    const receipt = await charge(2_000);

    expect(receipt).toEqual({
      transactionId: balances.ledger[1]?.id,
      amount: 2_000,
      balance: 7_000,
      chargedAt: '2026-11-22T03:01:00.000Z',
    });
  });

  it('records each charge under the key it was made with', async () => {
    await charge(5_000);
    await charge(2_000);

    expect(balances.ledger).toMatchObject([
      { sequence: 1, type: 'CHARGE', amount: won(5_000), balanceAfter: won(5_000) },
      { sequence: 2, type: 'CHARGE', amount: won(2_000), balanceAfter: won(7_000) },
    ]);
    expect(new Set(balances.ledger.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(2);
    expect(balances.ledger.map(({ idempotencyKey }) => idempotencyKey)).not.toContain(null);
  });

  it.each([0, -1])('refuses %i won before it locks anything', async (amount) => {
    await expect(charge(amount)).rejects.toThrow(InvalidChargeAmountException);

    expect(await balances.find(user)).toBeNull();
    expect(balances.ledger).toEqual([]);
  });

  it('refuses what would exceed the limit and leaves the balance as it was', async () => {
    await charge(999_999_999);

    await expect(charge(2)).rejects.toThrow(BalanceLimitExceededException);

    expect(await service.amountOf(user)).toEqual(won(999_999_999));
    expect(balances.ledger).toHaveLength(1);
  });
});

describe('the ledger that other modules pay from', () => {
  it('takes a payment from the locked balance and stores its line', async () => {
    await charge(10_000);

    const locked = await service.lockAll([user]);
    locked.get(user)?.pay(won(3_000), { id: 'p', at: await clock.now(), referenceId: 'payment' });
    await service.saveAll(locked.values());

    expect(await service.amountOf(user)).toEqual(won(7_000));
    expect(balances.ledger.at(-1)).toMatchObject({ type: 'PAYMENT', sequence: 2, referenceId: 'payment' });
  });
});
