import { expectProblem, serveThings } from './serve-things';
import { id } from './thing.module';

const things = serveThings();

describe('an address', () => {
  it.each([
    '12abc',
    '0x10',
    '1e3',
    '-1',
    '9007199254740993',
    'x'.repeat(101),
    'x'.repeat(10_000),
    '1;drop%20table',
    '%E0%A4%A',
    '%00',
    `${id}0`,
  ])('is malformed with the id %s', async (thingId) => {
    expectProblem(await things.kim.get(`/things/${thingId}`), 400, 'VALIDATION_FAILED');
  });

  it('takes an id in upper case for the same', async () => {
    expect((await things.kim.get(`/things/${id.toUpperCase()}`)).body).toEqual({ id });
  });

  it.each([
    '?a=1&a=2',
    '?a[b]=1',
    '?limit=1&limit=2',
    '?limit=1e1',
    '?limit=0x10',
    '?limit=0',
    '?limit=101',
    '?cursor=',
  ])('is malformed with the query %s', async (query) => {
    expectProblem(await things.nobody.get(`/things${query}`), 400, 'VALIDATION_FAILED');
  });

  it('takes the query that is declared, and none elsewhere', async () => {
    expect((await things.nobody.get('/things?limit=7')).body).toMatchObject({ limit: 7 });
    expect((await things.nobody.get('/things')).body).toMatchObject({ limit: 20 });
    expectProblem(await things.kim.get(`/things/${id}?token=x`), 400, 'VALIDATION_FAILED');
  });

  it('that is not served is not found, whatever was sent', async () => {
    expectProblem(await things.nobody.get('/nothing'), 404, 'NOT_FOUND');
    expectProblem(
      await things.nobody.post('/nothing', 'x', { headers: { 'content-type': 'text/plain' } }),
      404,
      'NOT_FOUND',
    );
  });

  it('that is served by another method says by which', async () => {
    const answer = await things.nobody.send('DELETE', `/things/${id}`);

    expectProblem(answer, 405, 'METHOD_NOT_ALLOWED');
    expect(answer.headers.get('allow')).toBe('GET, HEAD');
    expect((await things.nobody.patch('/things', {})).headers.get('allow')).toBe('GET, HEAD, POST');
  });
});

describe('what cannot be read as a request', () => {
  it('has too large headers', async () => {
    const answer = await things.raw(`GET /things HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`);

    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ status: 431, code: 'HEADERS_TOO_LARGE' });
  });

  it('is not HTTP', async () => {
    expect(await things.raw('hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 .*problem\+json/s);
  });
});
