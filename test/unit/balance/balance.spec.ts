import { Money } from '@app/shared';
import { Balance, type BalanceEntry } from '../../../libs/balance/src/domain/balance';
import {
  BalanceLimitExceededException,
  InsufficientBalanceException,
  InvalidChargeAmountException,
} from '../../../libs/balance/src/domain/balance.exceptions';

const won = Money.of;
const user = 'kim';
const at = new Date('2026-11-22T03:00:00.000Z');
const entry = (id: string, more: Partial<BalanceEntry> = {}): BalanceEntry => ({ id, at, ...more });
const holding = (amount: number, lastSequence = 4): Balance => Balance.restore(user, won(amount), lastSequence);

function expectUntouched(balance: Balance, amount: number): void {
  expect(balance.amount).toEqual(won(amount));
  expect(balance.lastSequence).toBe(4);
  expect(balance.changes).toEqual([]);
}

describe('charging a balance', () => {
  it('adds the amount and writes one line of the ledger', () => {
    const balance = holding(1_000);

    const line = balance.charge(won(5_000), entry('a', { idempotencyKey: 'key' }));

    expect(balance.amount).toEqual(won(6_000));
    expect(balance.changes).toEqual([line]);
    expect(line).toEqual({
      id: 'a',
      userId: user,
      sequence: 5,
      type: 'CHARGE',
      amount: won(5_000),
      balanceAfter: won(6_000),
      referenceId: null,
      idempotencyKey: 'key',
      createdAt: at,
    });
  });

  it.each([0, -1, -1_000_000])('refuses %i won and leaves no trace', (amount) => {
    const balance = holding(1_000);

    expect(() => balance.charge(won(amount), entry('a'))).toThrow(InvalidChargeAmountException);

    expectUntouched(balance, 1_000);
  });

  it('fills the balance up to 1,000,000,000 won', () => {
    const balance = holding(999_999_999);

    balance.charge(won(1), entry('a'));

    expect(balance.amount).toEqual(won(1_000_000_000));
  });

  it('refuses one won more than 1,000,000,000 and leaves no trace', () => {
    const balance = holding(999_999_999);

    expect(() => balance.charge(won(2), entry('a'))).toThrow(BalanceLimitExceededException);

    expectUntouched(balance, 999_999_999);
  });
});

describe('paying from a balance', () => {
  it('takes the amount and writes it as a negative line that names the payment', () => {
    const balance = holding(10_000);

    balance.pay(won(3_000), entry('a', { referenceId: 'payment' }));

    expect(balance.amount).toEqual(won(7_000));
    expect(balance.changes).toMatchObject([
      { type: 'PAYMENT', sequence: 5, amount: won(-3_000), balanceAfter: won(7_000), referenceId: 'payment' },
    ]);
  });

  it('can take all that is held', () => {
    const balance = holding(10_000);

    balance.pay(won(10_000), entry('a'));

    expect(balance.amount).toEqual(Money.zero);
  });

  it('refuses one won more than is held, says how much is missing, and leaves no trace', () => {
    const balance = holding(10_000);
    expect.assertions(5);

    try {
      balance.pay(won(10_001), entry('a'));
    } catch (error) {
      expect(error).toBeInstanceOf(InsufficientBalanceException);
      expect(error).toMatchObject({ details: { balance: 10_000, required: 10_001 } });
    }
    expectUntouched(balance, 10_000);
  });

  it('writes no line for a payment of 0 won', () => {
    const balance = holding(0);

    balance.pay(Money.zero, entry('a'));

    expectUntouched(balance, 0);
  });
});

describe('refunding to a balance', () => {
  it('gives the amount back in a line that names the payment', () => {
    const balance = holding(7_000);

    balance.refund(won(3_000), entry('a', { referenceId: 'payment' }));

    expect(balance.amount).toEqual(won(10_000));
    expect(balance.changes).toMatchObject([
      { type: 'REFUND', sequence: 5, amount: won(3_000), balanceAfter: won(10_000), referenceId: 'payment' },
    ]);
  });

  it('is refused above the limit and leaves no trace', () => {
    const balance = holding(999_999_999);

    expect(() => balance.refund(won(2), entry('a'))).toThrow(BalanceLimitExceededException);

    expectUntouched(balance, 999_999_999);
  });

  it('writes no line for a refund of 0 won', () => {
    const balance = holding(500);

    balance.refund(Money.zero, entry('a'));

    expectUntouched(balance, 500);
  });
});
