import { Logger } from '@nestjs/common';
import type { Answer } from '../../support/http';
import { expectProblem, serveThings } from './serve-things';
import { id } from './thing.module';

const things = serveThings();

async function warningsOf(path: string): Promise<{ answer: Answer; warnings: unknown[] }> {
  const warnings: unknown[] = [];
  const spy = jest.spyOn(Logger.prototype, 'warn').mockImplementation((line: unknown) => void warnings.push(line));
  const answer = await things.nobody.get(path);
  spy.mockRestore();
  return { answer, warnings };
}

describe('an error', () => {
  it('is a problem in Korean, or in English for who prefers it', async () => {
    const body = { amount: 1, name: 'none left' };
    const korean = await things.kim.post('/things?', body);
    const english = await things.kim.post('/things', body, {
      headers: { 'accept-language': 'en', 'x-request-id': 'my-request-1' },
    });

    expect(korean).toMatchObject({ status: 409, body: { detail: '물건이 부족합니다', left: 0 } });
    expect(korean.headers.get('content-language')).toBe('ko');
    expect(english.headers.get('content-language')).toBe('en');
    expect(english.body).toEqual({
      type: 'urn:jangteo:problem:out-of-things',
      title: 'Out of things',
      status: 409,
      detail: 'Out of things',
      instance: '/things',
      code: 'OUT_OF_THINGS',
      requestId: 'my-request-1',
      left: 0,
    });
  });

  it('names the fields in the same language', async () => {
    const bad = { amount: 1, lines: [{ optionId: id, quantity: 0 }] };

    expect((await things.kim.post('/things', bad)).body).toMatchObject({
      detail: '요청 값이 올바르지 않습니다',
      errors: [{ field: 'lines[0].quantity', message: '1 이상 1000 이하의 정수여야 합니다' }],
    });
    expect((await things.kim.post('/things', bad, { headers: { 'accept-language': 'en' } })).body).toMatchObject({
      errors: [{ field: 'lines[0].quantity', message: 'must be an integer from 1 to 1000' }],
    });
  });

  it('of ours is logged whole, once, and tells the client nothing', async () => {
    const logged: unknown[] = [];
    const spy = jest.spyOn(Logger.prototype, 'error').mockImplementation((line: unknown) => void logged.push(line));

    const answer = await things.nobody.get('/things/broken');
    spy.mockRestore();

    expectProblem(answer, 500, 'INTERNAL');
    expect(JSON.stringify(answer.body)).not.toMatch(/select|secret/);
    const errors = logged.filter((line) => (line as { err?: Error }).err !== undefined);
    expect(errors).toEqual([{ requestId: answer.headers.get('x-request-id'), err: new Error('select * from secret') }]);
  });

  it('of a server behind this one is 503, with a time to wait', async () => {
    const answer = await things.nobody.get('/things/away');

    expectProblem(answer, 503, 'DEPENDENCY_UNAVAILABLE');
    expect(answer.headers.get('retry-after')).toBe('1');
  });

  it.each([
    ['away', 'DEPENDENCY_UNAVAILABLE', 'ECONNREFUSED: connect ECONNREFUSED 10.0.0.7:5432'],
    ['full', 'OVERLOADED', '53300: too many connections for role "shop"'],
    ['no-keys', 'DEPENDENCY_UNAVAILABLE', 'no keys at 10.0.0.8'],
    ['unreadable', 'VALIDATION_FAILED', '22P02: invalid input syntax for type uuid: "x"'],
  ])('of a server behind this one leaves its reason in the log, once, and not in the answer: %s', async (...what) => {
    const [path, code, reason] = what;
    const { answer, warnings } = await warningsOf(`/things/${path}`);

    expect(warnings).toEqual([{ requestId: answer.headers.get('x-request-id'), code, reason }]);
    expect(JSON.stringify(answer.body)).not.toMatch(/ECONNREFUSED|22P02|syntax|role|10\.0\.0/);
  });

  it.each(['refused', 'nothing-here', '?limit=x'])('that is a refusal needs no reason: %s', async (path) => {
    expect((await warningsOf(`/things/${path}`)).warnings).toEqual([]);
  });
});
