import type { Call } from '../../storm/history';
import { callOf, found, goodDay } from './good-day';
import type { Tale } from './tale';

function noiseWith(lie: Partial<Call>): Record<string, string[]> {
  const tale = goodDay();
  Object.assign(callOf(tale, 'noise'), lie);
  return found(tale);
}

describe('an answer', () => {
  it.each<[string, Partial<Call>, RegExp]>([
    ['500', { verdict: 'unknown', status: 500, code: 'INTERNAL', answer: { code: 'INTERNAL' } }, /a bug/],
    ['503 of an unknown kind', { verdict: 'unknown', status: 503, code: 'X', answer: { code: 'X' } }, /a bug/],
    ['without a code', { answer: { detail: 'no' } }, /a refusal without a code/],
    ['of another status', { status: 403 }, /not 404/],
    ['of a connection', { answer: { code: 'X', detail: 'connect ECONNREFUSED 127.0.0.1' } }, /something of the inside/],
    ['of a table', { answer: { code: 'X', detail: 'relation "orders" is not there' } }, /something of the inside/],
    ['of a stack', { answer: { code: 'X', detail: 'at Object.pay' } }, /something of the inside/],
    ['of a key', { answer: { code: 'X', detail: 'duplicate key value' } }, /something of the inside/],
    ['of a module', { answer: { code: 'X', detail: '/node_modules/pg' } }, /something of the inside/],
  ])('is found out when it is one %s', (_, lie, problem) => {
    expect(noiseWith(lie)).toEqual({ answers: [expect.stringMatching(problem)] });
  });

  it('is found out when what was asked for is text of the inside', () => {
    const tale = goodDay();
    callOf(tale, 'read ranking').answer = 'QueryFailedError: no';

    expect(found(tale).answers?.[0]).toMatch(/something of the inside/);
  });

  it.each<[string, Partial<Call>]>([
    [
      'say that the shop is busy',
      { verdict: 'unknown', status: 503, code: 'OVERLOADED', answer: { code: 'OVERLOADED' } },
    ],
    [
      'say that a neighbour is away',
      { verdict: 'unknown', status: 503, code: 'DEPENDENCY_UNAVAILABLE', answer: { code: 'D' } },
    ],
    ['be missing', { verdict: 'unknown', status: undefined as never, answer: undefined }],
    ['repeat what was asked', { body: { pg_sleep: 1 }, answer: { code: 'X', errors: [{ field: 'pg_sleep' }] } }],
  ])('may %s', (_, lie) => {
    expect(noiseWith(lie)).toEqual({});
  });

  it('names the call in the problem', () => {
    expect(noiseWith({ status: 403 }).answers?.[0]).toMatch(
      /^operation \d+ \(noise, lee, POST \/payments\) got 403 of A, /,
    );
  });
});

it('is told of transactions that waited for each other', () => {
  const tale = goodDay();
  tale.databaseLog += 'ERROR:  deadlock detected\nDETAIL: ...\nERROR:  deadlock detected\n';

  expect(found(tale)).toEqual({ answers: ['the database broke up 2 deadlocks'] });
});

describe('a process', () => {
  it.each(['An error that nobody caught', 'unhandledRejection', 'uncaughtException'])('is found out by %s', (text) => {
    const tale = goodDay();
    tale.logs.B = `{"msg":"fine"}\n{"msg":"${text}: this process ends"}\n`;

    expect(found(tale)).toEqual({ answers: [`log of B: {"msg":"${text}: this process ends"}`] });
  });

  it('is found out when it ends by itself', () => {
    expect(Object.keys(found({ ...goodDay(), unexpectedExits: ['B with code 1'] }))).toEqual(['answers']);
  });
});

describe('the recovery', () => {
  const fault = (recovered?: number): Tale['faults'][number] => ({
    fault: 'kill',
    kind: 'postgres killed',
    began: 0,
    healed: 1_000,
    ...(recovered !== undefined && { recovered }),
  });

  const quick = Array.from({ length: 98 }, () => fault(1_500));

  it.each([
    ['5 s', fault(6_000), []],
    ['more than 5 s', fault(6_001), ['recovery after kill (postgres killed) ended at 1000 ms took 5001 ms']],
    ['for ever', fault(), ['recovery after kill (postgres killed) ended at 1000 ms never happened']],
  ])('takes %s twice in a hundred times', (_, slow, problems) => {
    const { recovery = [] } = found({ ...goodDay(), faults: [...quick, slow, slow] });

    expect(recovery).toEqual([...problems, ...problems]);
  });

  it('may take longer once in a hundred times', () => {
    expect(found({ ...goodDay(), faults: [...quick, fault(1_500), fault()] })).toEqual({});
  });

  it('is not judged by fewer', () => {
    expect(found({ ...goodDay(), faults: [...quick.slice(2), fault(), fault()] })).toEqual({});
  });
});

describe('the resources', () => {
  it.each<[string, (tale: Tale) => void]>([
    ['memory', ({ resources }) => Object.assign(resources.end.A, { rss: 360_000_001 })],
    ['files', ({ resources }) => Object.assign(resources.end.B, { openFiles: 105 })],
    ['transactions', ({ resources }) => Object.assign(resources, { idleInTransaction: 1 })],
    ['connections', ({ resources }) => Object.assign(resources, { connections: 49 })],
  ])('are found out when %s are kept', (_, lie) => {
    const tale = goodDay();
    lie(tale);

    expect(Object.keys(found(tale))).toEqual(['resources']);
  });

  it('may have grown a little', () => {
    const tale = goodDay();
    Object.assign(tale.resources.end.A, { rss: 359_000_000, openFiles: 104 });
    tale.resources.connections = 48;

    expect(found(tale)).toEqual({});
  });
});

it('finds what is still open, and with which last word', () => {
  const tale = goodDay();
  const call = callOf(tale, 'cancel');
  Object.assign(call, { verdict: 'unknown', status: undefined, answer: undefined, lost: 'ECONNRESET' });

  expect(found(tale)).toEqual({ open: [expect.stringMatching(/is open after 1 calls, the last: ECONNRESET$/)] });
});
