import { request as httpRequest } from 'node:http';
import type { Answer } from '../../support/http';
import { expectProblem, serveThings } from './serve-things';

const things = serveThings();

describe('an idempotency key', () => {
  type Kept = { key?: string; fingerprint: string };
  const post = (body: unknown, key: string): Promise<Answer<Kept>> => things.kim.post<Kept>('/things', body, { key });

  it('reaches the use case, bare or quoted, with a fingerprint of what was asked', async () => {
    const bare = await post({ amount: 1, name: 'a' }, 'key-1');
    const quoted = await post('{"name":"a" ,"amount":1.0}', '"key-1"');
    const other = await post({ amount: 2, name: 'a' }, 'key-1');

    expect(bare.body).toMatchObject({ key: 'key-1', fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(quoted.body).toMatchObject({ key: 'key-1', fingerprint: bare.body.fingerprint });
    expect(other.body.fingerprint).not.toBe(bare.body.fingerprint);
    expect(bare.headers.has('idempotent-replayed')).toBe(false);
  });

  it('may be left out', async () => {
    expect((await things.kim.post<Kept>('/things', { amount: 1 })).body.key).toBeUndefined();
  });

  it.each(['', '""', 'x'.repeat(256), 'caf\u00e9'])('is malformed as %p', async (key) => {
    expectProblem(await post({ amount: 1 }, key), 400, 'VALIDATION_FAILED');
  });

  it('is malformed when it came twice', async () => {
    const port = Number(new URL(things.url).port);
    const token = await things.tokenOf('kim');
    const headers = [
      'Host',
      'x',
      'Authorization',
      `Bearer ${token}`,
      'Content-Type',
      'application/json',
      'Content-Length',
      '12',
    ];
    const status = await new Promise((resolve) => {
      const twice = ['Idempotency-Key', 'a', 'Idempotency-Key', 'a'];
      httpRequest(
        { port, host: '127.0.0.1', method: 'POST', path: '/things', headers: [...headers, ...twice] },
        (answer) => {
          resolve(answer.resume().statusCode);
        },
      ).end('{"amount":1}');
    });

    expect(status).toBe(400);
  });

  it('tells a stored answer from a new one', async () => {
    const answer = await post({ amount: 1, name: 'replay' }, 'key-2');

    expect(answer.status).toBe(201);
    expect(answer.headers.get('idempotent-replayed')).toBe('true');
  });
});
