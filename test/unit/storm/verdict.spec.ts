import { describeVerdict } from '../../storm/checkers/describe-verdict';
import { verdictOf } from '../../storm/checkers/verdict';
import { callOf, found, goodDay } from './good-day';
import { Story } from './story';

describe('the verdict on a day', () => {
  it('is that nothing is wrong, when nothing is', () => {
    expect(found(goodDay())).toEqual({});
    expect(verdictOf(goodDay())).toMatchObject({
      ok: true,
      operations: 23,
      writes: 14,
      reads: 9,
      noise: 1,
      calls: 27,
      faults: 1,
      faultsByKind: { 'postgres killed': 1 },
      unknownResolved: 0,
      replays: 3,
      lost: 0,
      double: 0,
      unasked: 0,
      open: 0,
      bugs: 0,
      unavailable: {},
      recovery: { p50: 1_500, p99: 1_500 },
      auditRuns: 1,
      violations: 0,
    });
  });

  it('counts what was lost, what is double, what nobody asked for, and all that is not capped', () => {
    const story = new Story();
    for (let i = 0; i < 30; i++) story.charge(`user-${i}`, 1_000);
    const { tale } = story;
    const rows = tale.books.transactions.splice(0, 25);
    tale.books.transactions.push({ ...tale.books.transactions[0]!, id: 'again' }, { ...rows[0]!, idempotencyKey: 'x' });

    const verdict = verdictOf(tale);
    expect(verdict).toMatchObject({ ok: false, lost: 24, double: 1, unasked: 0 });
    expect(verdict.checkers[0]?.problems).toHaveLength(21);
    expect(verdict.checkers[0]?.problems.at(-1)).toBe('... and 6 more');
  });

  it('counts what was unknown at first, what stayed so, and what the shop said meanwhile', () => {
    const story = new Story();
    const refused = (status: number, code: string) => ({ verdict: 'unknown', status, code, answer: { code } }) as const;
    story.charge('kim', 1_000);
    const done = callOf(story.tale, 'charge');
    story.tale.calls.push({ ...done, ...refused(503, 'OVERLOADED'), began: 1, ended: 2 });
    story.charge('kim', 1_000);
    Object.assign(callOf(story.tale, 'charge', 2), refused(500, 'INTERNAL'));

    expect(verdictOf(story.tale)).toMatchObject({
      operations: 1,
      unknownResolved: 1,
      open: 1,
      bugs: 1,
      unavailable: { OVERLOADED: 1, INTERNAL: 1 },
    });
  });
});

describe('the table of a verdict', () => {
  it('has aligned columns of at most 100 characters, and the facts first', () => {
    const lines = describeVerdict(verdictOf(goodDay()), { seed: 7, duration: '90 s' }).split('\n');

    expect(lines[0]).toBe('seed                       7');
    expect(lines).toContain('operations                 23 (14 writes, 9 reads)');
    expect(lines).toContain('recovery p50, p99          1,500 ms, 1,500 ms');
    expect(lines.at(-1)).toBe('verdict                    nothing lost, nothing twice');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(100);
  });

  it('ends with the problems, by checker', () => {
    const tale = goodDay();
    Object.assign(callOf(tale, 'noise'), {
      answer: { code: 'X', detail: `no ${'x'.repeat(300)} y`.repeat(2) },
      status: 500,
    });
    const lines = describeVerdict(verdictOf({ ...tale, faults: [] })).split('\n');

    expect(lines).toContain('checker 8, answers         BROKEN, see below');
    expect(lines).toContain('recovery p50, p99          none, none');
    expect(lines).toContain('8 answers');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(100);
  });
});
