import { Logger } from '@nestjs/common';
import { eventually } from '../../support/eventually';
import { expectProblem, serveThings } from './serve-things';
import { id, sharing } from './thing.module';

const things = serveThings();

describe('every answer', () => {
  it('carries the request id of the client, or one of ours when that is not sane', async () => {
    const sent = async (requestId: string): Promise<string | null> =>
      (await things.nobody.get('/things', { headers: { 'x-request-id': requestId } })).headers.get('x-request-id');

    expect(await sent('order-42_a.b')).toBe('order-42_a.b');
    expect(await sent('short')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await sent('a b c d e f g')).toMatch(/^[0-9a-f-]{36}$/);
    expect((await things.nobody.get('/nothing')).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    ['that was refused', `/things/${id}?limit=1`, { userId: 'kim', route: '/things/:thingId' }],
    ['whose address nobody can read', '/things/%E0%A4%A', {}],
  ])('leaves one line in the log, without the token: one %s', async (_, path, known) => {
    const lines: Record<string, unknown>[] = [];
    const spy = jest.spyOn(Logger.prototype, 'log').mockImplementation((line) => void lines.push(line));
    const { headers } = await things.kim.get(path);
    const requestId = headers.get('x-request-id');
    // The moment of the answer and that of the line are not the same.
    const told = await eventually(
      async () => lines.filter((line) => line.requestId === requestId),
      ({ length }) => length > 0,
    );
    spy.mockRestore();

    expect(told).toEqual([
      { requestId, method: 'GET', status: 400, ms: expect.any(Number), code: 'VALIDATION_FAILED', ...known },
    ]);
  });

  it('tells browsers not to guess, frame or keep it', async () => {
    const { headers } = await things.nobody.get('/things');

    expect(Object.fromEntries(headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    });
    expect(headers.has('x-powered-by')).toBe(false);
  });
});

describe('what everybody reads', () => {
  beforeEach(() => Object.assign(sharing, { isCurrent: true, times: 0 }));

  it('is answered as it was before, without asking the handler, for as long as it is current', async () => {
    const first = await things.nobody.get('/things/shared?limit=1');
    const again = await things.nobody.get('/things/shared?limit=1');

    expect(again).toMatchObject({ status: 200, body: { name: 'public', made: 1 } });
    for (const name of ['content-type', 'content-length', 'cache-control', 'content-security-policy']) {
      expect(again.headers.get(name)).toBe(first.headers.get(name));
    }
    expect(again.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
    expect((await things.nobody.get('/things/shared?limit=2')).body).toMatchObject({ made: 2 });

    sharing.isCurrent = false;
    expect((await things.nobody.get('/things/shared?limit=1')).body).toMatchObject({ made: 3 });
  });

  it('is nothing that needs a token, and no answer to another method', async () => {
    expect((await things.kim.get('/things/shared-with-customers')).body).toMatchObject({ made: 1 });
    expect((await things.kim.get('/things/shared-with-customers')).body).toMatchObject({ made: 2 });
    expectProblem(await things.nobody.get('/things/shared-with-customers'), 401, 'UNAUTHENTICATED');

    await things.nobody.get('/things/shared');
    expectProblem(await things.nobody.post('/things/shared', {}), 405, 'METHOD_NOT_ALLOWED');
    expect((await fetch(`${things.url}/things/shared`, { method: 'HEAD' })).status).toBe(200);
    expect(sharing.times).toBe(4);
  });
});
