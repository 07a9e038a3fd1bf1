import type { Operation } from '../../storm/checkers/operations';
import { againstRealTime } from '../../storm/checkers/real-time';
import type { Call } from '../../storm/history';
import { callOf, found, goodDay } from './good-day';
import { Story } from './story';
import type { Tale } from './tale';

function twoCharges(): Tale {
  const story = new Story();
  story.charge('kim', 1_000);
  story.charge('kim', 1_000);
  return story.tale;
}

/** The ledger has them the other way round, and both clients were told so. */
function swapped(): Tale {
  const tale = twoCharges();
  const [first, second] = tale.books.transactions;
  Object.assign(first!, { sequence: 2, balanceAfter: 2_000 });
  Object.assign(second!, { sequence: 1, balanceAfter: 1_000 });
  for (const call of tale.calls) {
    const answer = call.answer as { balance: number };
    call.answer = { ...answer, balance: 3_000 - answer.balance };
  }
  return tale;
}

describe('the ledger of a user', () => {
  it('has what was over before another began before it', () => {
    expect(found(twoCharges())).toEqual({});
    expect(found(swapped())).toEqual({
      order: [
        'ledger of kim: operation 1 (charge, kim, key key-1) has number 2 and was over before ' +
          'operation 2 (charge, kim, key key-2) began, which has number 1',
      ],
    });
  });

  it('has what overlapped in any order', () => {
    const tale = swapped();
    callOf(tale, 'charge', 1).began = callOf(tale, 'charge').ended - 1;

    expect(found(tale)).toEqual({});
  });

  it('counts from the first call to the first answer, however often it was asked again', () => {
    const tale = swapped();
    const second = callOf(tale, 'charge', 1);
    tale.calls.push({ ...second, verdict: 'unknown', reason: 'first', began: 15, ended: 35 });
    second.replayed = true;
    expect(found(tale)).toEqual({});

    tale.calls.pop();
    second.replayed = false;
    tale.calls.push({ ...callOf(tale, 'charge'), reason: 'replay', replayed: true, began: 100, ended: 110 });
    expect(Object.keys(found({ ...tale, calls: [...tale.calls] }))).toEqual(['order']);
  });

  it.each([
    ['charge', 'balance'],
    ['pay', 'balanceAfter'],
    ['refund', 'balanceAfter'],
  ] as const)('holds the balance that a %s was answered with', (action, field) => {
    const tale = goodDay();
    for (const call of tale.calls.filter(({ operation }) => operation === callOf(tale, action).operation)) {
      call.answer = { ...(call.answer as object), [field]: 4_321 };
    }

    const problems = found(tale);
    expect(Object.keys(problems)).toEqual(['order']);
    expect(problems.order?.[0]).toContain('was told a balance of 4321');
  });

  it('held the balance that a payment of nothing was answered with', () => {
    const tale = goodDay();
    const free = callOf(tale, 'pay', 3);
    expect(free.userId).toBe('lee');
    free.answer = { ...(free.answer as object), balanceAfter: 0 };

    expect(found(tale).order?.[0]).toContain('was told a balance of 0, held 5000');
  });
});

it('gives one place to one operation only', () => {
  const [first, second] = twoCharges().calls;
  const operation = (call: Call) => ({ ...({} as Operation), ...call, number: call.operation, settled: call.ended });
  const placed = [first!, second!].map((call) => ({ operation: operation(call), sequence: 1 }));

  expect(againstRealTime(placed, 'x')).toHaveLength(1);
});

it('compares with the highest place that was taken, not with the last one', () => {
  const operation = (number: number, began: number, settled: number) => ({
    ...({} as Operation),
    number,
    began,
    settled,
  });
  const placed = [
    { operation: operation(1, 0, 10), sequence: 3 },
    { operation: operation(2, 0, 20), sequence: 1 },
    { operation: operation(3, 30, 40), sequence: 2 },
  ];

  expect(againstRealTime(placed, 'x')).toHaveLength(1);
});
