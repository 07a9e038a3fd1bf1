import { gzipSync } from 'node:zlib';
import { expectProblem, serveThings } from './serve-things';
import { id } from './thing.module';

const things = serveThings();

describe('a body', () => {
  const good = { amount: 1_000 };

  it('is taken when it is right', async () => {
    const { status, body, headers } = await things.kim.post('/things', good);

    expect({ status, body }).toMatchObject({ status: 201, body: { userId: 'kim', thing: good } });
    expect(headers.get('location')).toBe(`/things/${id}`);
    expect((await things.kim.post('/things', '{"amount":1e3}')).body).toMatchObject({ thing: good });
    expect((await things.kim.post('/things', '{"amount":1000.0}')).status).toBe(201);
  });

  it.each<[string, unknown]>([
    ['-1', { amount: -1 }],
    ['0', { amount: 0 }],
    ['1.5', { amount: 1.5 }],
    ['a text', { amount: '1000' }],
    ['a space', { amount: ' ' }],
    ['true', { amount: true }],
    ['null', { amount: null }],
    ['a list', { amount: [1_000] }],
    ['NaN', '{"amount":NaN}'],
    ['1e400', '{"amount":1e400}'],
    ['2^53+1', '{"amount":9007199254740993}'],
    ['2^63', '{"amount":9223372036854775808}'],
    ['named twice', '{"amount":1,"amount":999999}'],
    ['__proto__', '{"amount":1,"__proto__":{"polluted":true}}'],
    ['constructor.prototype', '{"amount":1,"constructor":{"prototype":{"polluted":true}}}'],
    ['an extra field', { amount: 1, userId: 'lee' }],
    ['no lines', { amount: 1, lines: [] }],
    ['null lines', { amount: 1, lines: [null] }],
    ['lists as lines', { amount: 1, lines: [[]] }],
    ['an object as lines', { amount: 1, lines: { 0: {} } }],
    ['51 lines', { amount: 1, lines: Array(51).fill({ optionId: id, quantity: 1 }) }],
    ['a bad line', { amount: 1, lines: [{ optionId: '1e3', quantity: 1 }] }],
    ['2,000 levels', '['.repeat(2_000)],
    ['2,000 closed levels', `{"amount":${'['.repeat(2_000)}${']'.repeat(2_000)}}`],
    ['empty', ''],
    ['null itself', 'null'],
    ['a text itself', '"x"'],
    ['a list itself', '[]'],
    ['cut short', '{"amount":1'],
    ['NUL', '{"amount":1,"name":"a\\u0000"}'],
    ['a lone surrogate', '{"amount":1,"name":"\\ud83d"}'],
    ['not UTF-8', Buffer.from([0x7b, 0x22, 0xe9, 0x22, 0x3a, 0x31, 0x7d])],
  ])('is malformed with %s', async (_, body) => {
    expectProblem(await things.kim.post('/things', body), 400, 'VALIDATION_FAILED');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('keeps text that only looks dangerous', async () => {
    const name = `'); drop table "orders" --  😀`;

    expect((await things.kim.post('/things', { ...good, name })).body).toMatchObject({ thing: { name } });
  });

  it('may have 100,000 bytes and no more', async () => {
    expect((await things.kim.post('/things', `{"amount":1${' '.repeat(99_988)}}`)).status).toBe(201);
    expectProblem(await things.kim.post('/things', `{"amount":1${' '.repeat(99_989)}}`), 413, 'PAYLOAD_TOO_LARGE');
    const lines = Array(100_000).fill({ optionId: id, quantity: 1 });
    expectProblem(await things.kim.post('/things', { ...good, lines }), 413, 'PAYLOAD_TOO_LARGE');
  });

  it('may be gzipped, but not to hide its size', async () => {
    const gzip = { headers: { 'content-encoding': 'gzip' } };

    expect((await things.kim.post('/things', gzipSync('{"amount":1}'), gzip)).status).toBe(201);
    expectProblem(await things.kim.post('/things', gzipSync(Buffer.alloc(5e6, 32)), gzip), 413, 'PAYLOAD_TOO_LARGE');
    expectProblem(await things.kim.post('/things', 'no gzip', gzip), 400, 'VALIDATION_FAILED');
  });

  it.each([
    { 'content-type': 'text/plain' },
    { 'content-type': 'application/x-www-form-urlencoded' },
    { 'content-type': 'multipart/form-data; boundary=x' },
    { 'content-type': 'application/json; charset=latin1' },
    { 'content-type': 'application/jsonx' },
    { 'content-type': 'json' },
    { 'content-encoding': 'zstd' },
    { 'content-encoding': 'br' },
  ])('is of no use with %p', async (headers) => {
    expectProblem(await things.kim.post('/things', '{"amount":1}', { headers }), 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  it('is of no use without a content type', async () => {
    const answer = await things.raw(
      'POST /auth/token HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 16\r\n\r\n{"userId":"kim"}',
    );

    expect(answer).toMatch(/^HTTP\/1\.1 415 /);
  });

  it('is not taken where none is read, with or without a content type', async () => {
    expect((await things.admin.post(`/things/${id}/close`)).status).toBe(200);
    expect((await things.admin.post(`/things/${id}/close`, {})).status).toBe(200);
    expect((await things.admin.post(`/things/${id}/close`, '')).status).toBe(200);
    expectProblem(await things.admin.post(`/things/${id}/close`, { force: true }), 400, 'VALIDATION_FAILED');
  });
});
