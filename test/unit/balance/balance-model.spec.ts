import { attempt, Money } from '@app/shared';
import fc from 'fast-check';
import { Balance } from '../../../libs/balance/src/domain/balance';

const LIMIT = 1_000_000_000;
const at = new Date('2026-11-22T03:00:00.000Z');

type Step = readonly [kind: 'charge' | 'pay' | 'refund', amount: number];

/** Small amounts, and amounts near the limit, so that both refusals are met often. */
const amounts = fc.oneof(fc.integer({ min: -2, max: 2_000 }), fc.integer({ min: LIMIT - 1_000, max: LIMIT + 1 }));
const steps = fc.array(fc.tuple(fc.constantFrom('charge' as const, 'refund' as const, 'pay' as const), amounts), {
  maxLength: 60,
});

/** What the rules say, on plain numbers: what is held afterwards, or the code of the refusal. */
function expected(held: number, [kind, amount]: Step): number | string {
  if (kind === 'pay') return amount > held ? 'INSUFFICIENT_BALANCE' : held - amount;
  if (kind === 'charge' && amount <= 0) return 'INVALID_CHARGE_AMOUNT';
  return held + amount > LIMIT ? 'BALANCE_LIMIT_EXCEEDED' : held + amount;
}

/** Refunds and payments come from prices: never negative. */
const possible = ([kind, amount]: Step): boolean => kind === 'charge' || amount >= 0;

describe('any sequence of charges, payments and refunds', () => {
  it('leaves what the rules say, and a ledger that proves it', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: LIMIT }), (sequence, start) => {
        const balance = Balance.restore('kim', Money.of(start), 10);
        let held = start;
        for (const step of sequence.filter(possible)) {
          const after = expected(held, step);
          const outcome = attempt(() => balance[step[0]](Money.of(step[1]), { id: 'x', at }));
          expect('refusal' in outcome ? outcome.refusal.code : balance.amount.won).toBe(after);
          if (typeof after === 'number') held = after;
          expect(balance.amount.won).toBe(held);
        }
        expectChain(balance, start);
      }),
      { numRuns: 500 },
    );
  });
});

function expectChain({ amount, changes, lastSequence }: Balance, start: number): void {
  let held = start;
  for (const [i, change] of changes.entries()) {
    held += change.amount.won;
    expect(change).toMatchObject({ sequence: 11 + i, balanceAfter: Money.of(held) });
    expect(change.amount.won < 0).toBe(change.type === 'PAYMENT');
    expect(change.amount.won).not.toBe(0);
    expect(held >= 0 && held <= LIMIT).toBe(true);
  }
  expect(amount.won).toBe(held);
  expect(lastSequence).toBe(10 + changes.length);
}
