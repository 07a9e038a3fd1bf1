import type { Call } from '../../storm/history';
import { callOf, found } from './good-day';
import { Story } from './story';
import type { Tale } from './tale';

function toldTwice(second: Partial<Call>): Tale {
  const story = new Story();
  story.charge('kim', 1_000);
  story.again(second);
  return story.tale;
}

describe('the replies to one operation', () => {
  it('are the same, and only one of them is not a replay', () => {
    expect(found(toldTwice({}))).toEqual({});
  });

  it.each<[string, Partial<Call>]>([
    ['answers', { answer: { transactionId: 'charge-1', amount: 1_000, balance: 2_000 } }],
    ['statuses', { status: 200 }],
    ['outcomes', { verdict: 'refused', status: 409, code: 'BALANCE_LIMIT_EXCEEDED', answer: { code: 'B' } }],
  ])('are found out when their %s differ', (_, second) => {
    const problems = found(toldTwice(second));

    expect(Object.keys(problems)).toEqual(['replies']);
    expect(problems.replies?.[0]).toMatch(/^operation 1 \(charge, kim, key key-1\) was told 201 .* and then /);
  });

  it('are found out when two of them are no replays', () => {
    expect(found(toldTwice({ replayed: false })).replies?.[0]).toMatch(/was done 2 times/);
  });

  it('are found out when nobody was the first, though no answer was lost', () => {
    const tale = toldTwice({});
    callOf(tale, 'charge').replayed = true;

    expect(found(tale)).toEqual({ replies: [expect.stringMatching(/nothing but replays/)] });
  });

  it('may all be replays when the first answer was lost', () => {
    const tale = toldTwice({});
    const first = callOf(tale, 'charge');
    tale.calls[0] = { ...first, verdict: 'unknown', answer: undefined };

    expect(found(tale)).toEqual({});
  });

  it('may be decided again when they are refusals that are not remembered', () => {
    const story = new Story();
    story.refuse('charge', 'kim', '/balance/charges', { amount: 0 }, 'INVALID_CHARGE_AMOUNT', 400);
    story.again({ replayed: false, answer: { code: 'INVALID_CHARGE_AMOUNT', requestId: 'another' } });
    expect(found(story.tale)).toEqual({});

    story.again({ replayed: false, code: 'VALIDATION_FAILED', answer: { code: 'VALIDATION_FAILED' } });
    expect(Object.keys(found({ ...story.tale }))).toEqual(['replies']);
  });

  it.each([
    ['ORDER_NOT_FOUND', 404, ['replies']],
    ['INSUFFICIENT_BALANCE', 409, ['replies']],
    ['NOT_FOUND', 404, []],
  ])('repeat a remembered refusal whole, its request id included, as %s', (code, status, checkers) => {
    const story = new Story();
    story.refuse('pay', 'kim', '/payments', { orderId: 'x' }, code, status);
    story.again({ answer: { status, code, requestId: 'another' } });

    expect(Object.keys(found(story.tale))).toEqual(checkers);
  });

  it('never say that the key was used for something else', () => {
    const story = new Story();
    story.refuse('pay', 'kim', '/payments', { orderId: 'x' }, 'IDEMPOTENCY_KEY_REUSED', 422);

    expect(Object.keys(found(story.tale))).toEqual(['replies']);
  });
});
