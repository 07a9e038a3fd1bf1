import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { DomainException, shareWhile } from '@app/shared';
import {
  Body,
  Controller,
  Get,
  Global,
  HttpCode,
  type INestApplication,
  Logger,
  Module,
  Post,
  Query,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiCreatedResponse, ApiOperation, type OpenAPIObject } from '@nestjs/swagger';
import { loadEnv } from '../../libs/platform/src/config/env';
import { envModule } from '../../libs/platform/src/config/env.module';
import { DependencyUnavailableException } from '../../libs/platform/src/database/failures';
import { ApiPage } from '../../libs/platform/src/http/api-page';
import { ApiProblems } from '../../libs/platform/src/http/api-problems';
import { Admin, CallerId, Customer, Public } from '../../libs/platform/src/http/auth/access';
import { CreatedAt } from '../../libs/platform/src/http/created-at';
import { IsId, IsIntBetween, IsListOf, IsText, IsWon } from '../../libs/platform/src/http/fields';
import { httpModule } from '../../libs/platform/src/http/http.module';
import { configureHttp, createHttpAdapter } from '../../libs/platform/src/http/http-server';
import { IdParam } from '../../libs/platform/src/http/id.pipe';
import { Idempotent } from '../../libs/platform/src/http/idempotency.guard';
import { PageQuery } from '../../libs/platform/src/http/page.query';
import { type Health, ReadinessProbe } from '../../libs/platform/src/http/readiness-probe';
import { requestContext } from '../../libs/platform/src/http/request-context';
import { eventually } from '../support/eventually';
import { type Answer, type Caller, client } from '../support/http';
import { rawExchange } from '../support/raw-exchange';
import { within } from '../support/within';

class OutOfThingsException extends DomainException {
  constructor() {
    super('conflict', 'OUT_OF_THINGS', { ko: '물건이 부족합니다', en: 'Out of things' }, { left: 0 });
  }
}

class LineRequest {
  @IsId()
  readonly optionId!: string;

  @IsIntBetween(1, 1_000)
  readonly quantity!: number;
}

class ThingRequest {
  @IsWon({ min: 1, max: 10_000_000 }, { example: 10_000 })
  readonly amount!: number;

  @IsText(1, 200, { optional: true })
  readonly name?: string;

  @IsListOf(() => LineRequest, { min: 1, max: 50 }, { optional: true })
  readonly lines?: readonly LineRequest[];
}

class ThingResponse {
  readonly id!: string;
}

const id = '0199f0c2-6f7c-7b3e-9d54-0f6a1c2b3d4e';

/** Whether what was shared last may be given again, and how often it was made. */
const sharing = { isCurrent: true, times: 0 };

function share(name: string): object {
  sharing.times += 1;
  const value = { name, made: sharing.times };
  shareWhile(value, () => sharing.isCurrent);
  return value;
}

@Controller('things')
class ThingController {
  @Post()
  @Customer()
  @Idempotent()
  @CreatedAt<{ id: string }>((thing) => `/things/${thing.id}`)
  @ApiOperation({ operationId: 'createThing', summary: 'a thing' })
  @ApiCreatedResponse({ type: ThingResponse })
  @ApiProblems(new OutOfThingsException())
  create(@CallerId() userId: string, @Body() thing: ThingRequest): object {
    const context = requestContext.getStore();
    if (thing.name === 'replay' && context) context.replayOf = 'first-request';
    if (thing.name === 'none left') throw new OutOfThingsException();
    return { id, userId, thing, key: context?.idempotency?.key, fingerprint: context?.idempotency?.fingerprint };
  }

  @Get()
  @Public()
  @ApiPage(ThingResponse)
  list(@Query() { limit }: PageQuery): object {
    return { items: [], nextCursor: null, limit };
  }

  @Get('broken')
  @Public()
  broken(): never {
    throw new Error('select * from secret');
  }

  @Get('away')
  @Public()
  away(): never {
    throw Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:5432'), { code: 'ECONNREFUSED' });
  }

  @Get('full')
  @Public()
  full(): never {
    throw Object.assign(new Error('too many connections for role "shop"'), { code: '53300' });
  }

  @Get('no-keys')
  @Public()
  noKeys(): never {
    throw new DependencyUnavailableException(new Error('no keys at 10.0.0.8'));
  }

  @Get('unreadable')
  @Public()
  unreadable(): never {
    throw Object.assign(new Error('invalid input syntax for type uuid: "x"'), { code: '22P02' });
  }

  @Get('refused')
  @Public()
  refused(): never {
    throw new DependencyUnavailableException();
  }

  @Get('slow')
  @Public()
  async slow(): Promise<object> {
    await sleep(300);
    return { done: true };
  }

  @Get('shared')
  @Public()
  shared(@Query() _: PageQuery): object {
    return share('public');
  }

  @Get('shared-with-customers')
  @Customer()
  sharedWithCustomers(): object {
    return share('customers');
  }

  @Get('forgotten')
  forgotten(): object {
    return {};
  }

  @Get(':thingId')
  @Customer()
  show(@IdParam('thingId') thingId: string): object {
    return { id: thingId };
  }

  @Post(':thingId/close')
  @HttpCode(200)
  @Admin()
  close(@IdParam('thingId') thingId: string): object {
    return { id: thingId };
  }
}

const health: Record<string, Health> = { database: 'up' };

@Global()
@Module({
  controllers: [ThingController],
  providers: [{ provide: ReadinessProbe, useValue: { check: async () => health } }],
  exports: [ReadinessProbe],
})
class ThingModule {}

async function start(settings: Record<string, string> = {}): Promise<{ app: INestApplication; url: string }> {
  const env = loadEnv({
    DATABASE_URL: 'postgres://localhost/none',
    REDIS_URL: 'memory:',
    JWT_SECRET: 'x'.repeat(32),
    RATE_LIMIT: 'off',
    ...settings,
  });
  const root = { module: class Root {}, imports: [envModule(env), httpModule(env), ThingModule] };
  const app = await NestFactory.create<NestFastifyApplication>(root, createHttpAdapter(), { logger: false });
  configureHttp(app, {
    title: 'Things',
    version: '1.2.3',
    description: 'All about things.',
    tags: { thing: 'What there is' },
  });
  await app.listen(0, '127.0.0.1');
  return { app, url: `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}` };
}

let app: INestApplication;
let url: string;
let kim: Caller;
let nobody: Caller;
let admin: Caller;

beforeAll(async () => {
  ({ app, url } = await start());
  ({ nobody } = client(url));
  kim = client(url).as('kim');
  admin = client(url).as('boss', ['admin']);
});

afterAll(() => app.close());

function expectProblem(answer: Answer, status: number, code: string): void {
  expect(answer).toMatchObject({ status, body: { status, code, requestId: answer.headers.get('x-request-id') } });
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(answer.headers.get('cache-control')).toBe('no-store');
}

async function warningsOf(path: string): Promise<{ answer: Answer; warnings: unknown[] }> {
  const warnings: unknown[] = [];
  const spy = jest.spyOn(Logger.prototype, 'warn').mockImplementation((line: unknown) => void warnings.push(line));
  const answer = await nobody.get(path);
  spy.mockRestore();
  return { answer, warnings };
}

const raw = (text: string): Promise<string> => rawExchange(url, text);

describe('what everybody reads', () => {
  beforeEach(() => Object.assign(sharing, { isCurrent: true, times: 0 }));

  it('is answered as it was before, without asking the handler, for as long as it is current', async () => {
    const first = await nobody.get('/things/shared?limit=1');
    const again = await nobody.get('/things/shared?limit=1');

    expect(again).toMatchObject({ status: 200, body: { name: 'public', made: 1 } });
    for (const name of ['content-type', 'content-length', 'cache-control', 'content-security-policy']) {
      expect(again.headers.get(name)).toBe(first.headers.get(name));
    }
    expect(again.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
    expect((await nobody.get('/things/shared?limit=2')).body).toMatchObject({ made: 2 });

    sharing.isCurrent = false;
    expect((await nobody.get('/things/shared?limit=1')).body).toMatchObject({ made: 3 });
  });

  it('is nothing that needs a token, and no answer to another method', async () => {
    expect((await kim.get('/things/shared-with-customers')).body).toMatchObject({ made: 1 });
    expect((await kim.get('/things/shared-with-customers')).body).toMatchObject({ made: 2 });
    expectProblem(await nobody.get('/things/shared-with-customers'), 401, 'UNAUTHENTICATED');

    await nobody.get('/things/shared');
    expectProblem(await nobody.post('/things/shared', {}), 405, 'METHOD_NOT_ALLOWED');
    expect((await fetch(`${url}/things/shared`, { method: 'HEAD' })).status).toBe(200);
    expect(sharing.times).toBe(4);
  });
});

describe('a body', () => {
  const good = { amount: 1_000 };

  it('is taken when it is right', async () => {
    const { status, body, headers } = await kim.post('/things', good);

    expect({ status, body }).toMatchObject({ status: 201, body: { userId: 'kim', thing: good } });
    expect(headers.get('location')).toBe(`/things/${id}`);
    expect((await kim.post('/things', '{"amount":1e3}')).body).toMatchObject({ thing: good });
    expect((await kim.post('/things', '{"amount":1000.0}')).status).toBe(201);
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
    expectProblem(await kim.post('/things', body), 400, 'VALIDATION_FAILED');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('keeps text that only looks dangerous', async () => {
    const name = `'); drop table "orders" --  😀`;

    expect((await kim.post('/things', { ...good, name })).body).toMatchObject({ thing: { name } });
  });

  it('may have 100,000 bytes and no more', async () => {
    expect((await kim.post('/things', `{"amount":1${' '.repeat(99_988)}}`)).status).toBe(201);
    expectProblem(await kim.post('/things', `{"amount":1${' '.repeat(99_989)}}`), 413, 'PAYLOAD_TOO_LARGE');
    const lines = Array(100_000).fill({ optionId: id, quantity: 1 });
    expectProblem(await kim.post('/things', { ...good, lines }), 413, 'PAYLOAD_TOO_LARGE');
  });

  it('may be gzipped, but not to hide its size', async () => {
    const gzip = { headers: { 'content-encoding': 'gzip' } };

    expect((await kim.post('/things', gzipSync('{"amount":1}'), gzip)).status).toBe(201);
    expectProblem(await kim.post('/things', gzipSync(Buffer.alloc(5e6, 32)), gzip), 413, 'PAYLOAD_TOO_LARGE');
    expectProblem(await kim.post('/things', 'no gzip', gzip), 400, 'VALIDATION_FAILED');
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
    expectProblem(await kim.post('/things', '{"amount":1}', { headers }), 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  it('is of no use without a content type', async () => {
    const answer = await raw(
      'POST /auth/token HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 16\r\n\r\n{"userId":"kim"}',
    );

    expect(answer).toMatch(/^HTTP\/1\.1 415 /);
  });

  it('is not taken where none is read, with or without a content type', async () => {
    expect((await admin.post(`/things/${id}/close`)).status).toBe(200);
    expect((await admin.post(`/things/${id}/close`, {})).status).toBe(200);
    expect((await admin.post(`/things/${id}/close`, '')).status).toBe(200);
    expectProblem(await admin.post(`/things/${id}/close`, { force: true }), 400, 'VALIDATION_FAILED');
  });
});

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
    expectProblem(await kim.get(`/things/${thingId}`), 400, 'VALIDATION_FAILED');
  });

  it('takes an id in upper case for the same', async () => {
    expect((await kim.get(`/things/${id.toUpperCase()}`)).body).toEqual({ id });
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
    expectProblem(await nobody.get(`/things${query}`), 400, 'VALIDATION_FAILED');
  });

  it('takes the query that is declared, and none elsewhere', async () => {
    expect((await nobody.get('/things?limit=7')).body).toMatchObject({ limit: 7 });
    expect((await nobody.get('/things')).body).toMatchObject({ limit: 20 });
    expectProblem(await kim.get(`/things/${id}?token=x`), 400, 'VALIDATION_FAILED');
  });

  it('that is not served is not found, whatever was sent', async () => {
    expectProblem(await nobody.get('/nothing'), 404, 'NOT_FOUND');
    expectProblem(await nobody.post('/nothing', 'x', { headers: { 'content-type': 'text/plain' } }), 404, 'NOT_FOUND');
  });

  it('that is served by another method says by which', async () => {
    const answer = await nobody.send('DELETE', `/things/${id}`);

    expectProblem(answer, 405, 'METHOD_NOT_ALLOWED');
    expect(answer.headers.get('allow')).toBe('GET, HEAD');
    expect((await nobody.patch('/things', {})).headers.get('allow')).toBe('GET, HEAD, POST');
  });
});

describe('what cannot be read as a request', () => {
  it('has too large headers', async () => {
    const answer = await raw(`GET /things HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`);

    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ status: 431, code: 'HEADERS_TOO_LARGE' });
  });

  it('is not HTTP', async () => {
    expect(await raw('hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 .*problem\+json/s);
  });
});

describe('an error', () => {
  it('is a problem in Korean, or in English for who prefers it', async () => {
    const body = { amount: 1, name: 'none left' };
    const korean = await kim.post('/things?', body);
    const english = await kim.post('/things', body, {
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

    expect((await kim.post('/things', bad)).body).toMatchObject({
      detail: '요청 값이 올바르지 않습니다',
      errors: [{ field: 'lines[0].quantity', message: '1 이상 1000 이하의 정수여야 합니다' }],
    });
    expect((await kim.post('/things', bad, { headers: { 'accept-language': 'en' } })).body).toMatchObject({
      errors: [{ field: 'lines[0].quantity', message: 'must be an integer from 1 to 1000' }],
    });
  });

  it('of ours is logged whole, once, and tells the client nothing', async () => {
    const logged: unknown[] = [];
    const spy = jest.spyOn(Logger.prototype, 'error').mockImplementation((line: unknown) => void logged.push(line));

    const answer = await nobody.get('/things/broken');
    spy.mockRestore();

    expectProblem(answer, 500, 'INTERNAL');
    expect(JSON.stringify(answer.body)).not.toMatch(/select|secret/);
    const errors = logged.filter((line) => (line as { err?: Error }).err !== undefined);
    expect(errors).toEqual([{ requestId: answer.headers.get('x-request-id'), err: new Error('select * from secret') }]);
  });

  it('of a server behind this one is 503, with a time to wait', async () => {
    const answer = await nobody.get('/things/away');

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

describe('every answer', () => {
  it('carries the request id of the client, or one of ours when that is not sane', async () => {
    const sent = async (requestId: string): Promise<string | null> =>
      (await nobody.get('/things', { headers: { 'x-request-id': requestId } })).headers.get('x-request-id');

    expect(await sent('order-42_a.b')).toBe('order-42_a.b');
    expect(await sent('short')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await sent('a b c d e f g')).toMatch(/^[0-9a-f-]{36}$/);
    expect((await nobody.get('/nothing')).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    ['that was refused', `/things/${id}?limit=1`, { userId: 'kim', route: '/things/:thingId' }],
    ['whose address nobody can read', '/things/%E0%A4%A', {}],
  ])('leaves one line in the log, without the token: one %s', async (_, path, known) => {
    const lines: Record<string, unknown>[] = [];
    const spy = jest.spyOn(Logger.prototype, 'log').mockImplementation((line) => void lines.push(line));
    const { headers } = await kim.get(path);
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
    const { headers } = await nobody.get('/things');

    expect(Object.fromEntries(headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    });
    expect(headers.has('x-powered-by')).toBe(false);
  });
});

describe('access', () => {
  const get = (headers: Record<string, string>): Promise<Answer> => nobody.get(`/things/${id}`, { headers });

  it('needs a token, and says how', async () => {
    const answer = await get({});

    expectProblem(answer, 401, 'UNAUTHENTICATED');
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  it.each(['Bearer x', 'Bearer a.b.c', 'Basic a2ltOng=', 'Bearer', 'a.b.c'])(
    'is not given by %p',
    async (authorization) => {
      const answer = await get({ authorization });

      expectProblem(answer, 401, 'UNAUTHENTICATED');
      expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    },
  );

  it('is not given by a token in the query, or by two', async () => {
    const { body } = await nobody.post<{ accessToken: string }>('/auth/token', { userId: 'kim' });
    const header = `Authorization: Bearer ${body.accessToken}\r\n`;

    expectProblem(await nobody.get(`/things/${id}?access_token=${body.accessToken}`), 401, 'UNAUTHENTICATED');
    expect(await raw(`GET /things/${id} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${header}\r\n`)).toMatch(
      /^HTTP\/1\.1 200/,
    );
    expect(await raw(`GET /things/${id} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${header}${header}\r\n`)).toMatch(
      /^HTTP\/1\.1 401/,
    );
  });

  it('to an admin route is for admins, to one that declares nothing for nobody', async () => {
    expectProblem(await kim.post(`/things/${id}/close`), 403, 'FORBIDDEN');
    expectProblem(await kim.post(`/things/${id}/close`, { role: 'admin' }), 403, 'FORBIDDEN');
    expectProblem(await admin.get('/things/forgotten'), 403, 'FORBIDDEN');
  });

  it('is asked for before anything else is looked at', async () => {
    expectProblem(await nobody.post('/things', { amount: 'x' }), 401, 'UNAUTHENTICATED');
  });

  it('is not sold by the token desk to bad names', async () => {
    expectProblem(await nobody.post('/auth/token', { userId: "'; drop" }), 400, 'VALIDATION_FAILED');
    expectProblem(await nobody.post('/auth/token', { userId: 'kim', roles: 'admin' }), 400, 'VALIDATION_FAILED');
    expect((await nobody.post('/auth/token', { userId: 'kim' })).body).toEqual({
      accessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      tokenType: 'Bearer',
      expiresIn: 86_400,
    });
  });
});

describe('an idempotency key', () => {
  type Kept = { key?: string; fingerprint: string };
  const post = (body: unknown, key: string): Promise<Answer<Kept>> => kim.post<Kept>('/things', body, { key });

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
    expect((await kim.post<Kept>('/things', { amount: 1 })).body.key).toBeUndefined();
  });

  it.each(['', '""', 'x'.repeat(256), 'caf\u00e9'])('is malformed as %p', async (key) => {
    expectProblem(await post({ amount: 1 }, key), 400, 'VALIDATION_FAILED');
  });

  it('is malformed when it came twice', async () => {
    const port = Number(new URL(url).port);
    const { body } = await nobody.post<{ accessToken: string }>('/auth/token', { userId: 'kim' });
    const headers = [
      'Host',
      'x',
      'Authorization',
      `Bearer ${body.accessToken}`,
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

describe('health', () => {
  afterEach(() => {
    health.database = 'up';
    delete health.ranking;
  });

  it('is alive, and ready while the database is there', async () => {
    expect(await nobody.get('/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await nobody.get('/health/ready')).toMatchObject({
      status: 200,
      body: { status: 'ok', checks: { database: 'up' } },
    });
  });

  it('is ready with what is late, and tells it', async () => {
    health.ranking = 'late';

    expect(await nobody.get('/health/ready')).toMatchObject({
      status: 200,
      body: { status: 'ok', checks: { ranking: 'late' } },
    });
  });

  it('is alive but not ready without it', async () => {
    health.database = 'down';

    expect((await nobody.get('/health/live')).status).toBe(200);
    expect(await nobody.get('/health/ready')).toMatchObject({
      status: 503,
      body: { status: 'unavailable', checks: { database: 'down' } },
    });
  });
});

describe('the documentation', () => {
  it('is OpenAPI 3.1 and lists what each route can answer', async () => {
    const { body } = await nobody.get<OpenAPIObject>('/docs-json');
    const create = body.paths['/things']?.post;

    expect(body).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Things', version: '1.2.3', description: 'All about things.' },
      tags: [{ name: 'thing', description: 'What there is' }],
    });
    expect(Object.keys(create?.responses ?? {})).toEqual([
      '201',
      '400',
      '401',
      '409',
      '413',
      '415',
      '422',
      '429',
      '500',
      '503',
    ]);
    expect(create?.responses['409']).toMatchObject({
      content: {
        'application/problem+json': {
          schema: { $ref: '#/components/schemas/Problem' },
          examples: { OUT_OF_THINGS: { value: { code: 'OUT_OF_THINGS', detail: '물건이 부족합니다', left: 0 } } },
        },
      },
    });
    expect(create?.parameters).toEqual([expect.objectContaining({ name: 'Idempotency-Key', required: false })]);
    expect(create?.responses['201']).toMatchObject({
      headers: { Location: {}, 'X-Request-Id': {}, 'Idempotent-Replayed': {} },
    });
    expect(body.components?.schemas?.ThingRequest).toMatchObject({
      additionalProperties: false,
      required: ['amount'],
      properties: { amount: { type: 'integer', minimum: 1, maximum: 10_000_000, example: 10_000 } },
    });
    expect(create?.security).toEqual([{ bearer: [] }]);
    expect(body.paths['/things']?.get?.security).toEqual([]);
    expect(body.components?.schemas?.LineRequest).toMatchObject({ additionalProperties: false });
    expect(body.paths['/things/{thingId}']?.get?.parameters).toMatchObject([{ schema: { format: 'uuid' } }]);
  });

  it('is a page of this server, with a YAML twin', async () => {
    const page = await nobody.get<string>('/docs');

    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(page.body).not.toMatch(/(src|href)="https?:/);
    expect((await nobody.get<string>('/docs/swagger-ui-bundle.js')).status).toBe(200);
    expect((await nobody.get<string>('/docs/swagger-ui-init.js')).body).toContain('"persistAuthorization": true');
    expect((await nobody.get<string>('/docs-yaml')).body).toMatch(/^openapi: 3\.1\.0/);
    expectProblem(await nobody.get('/docs/nothing.js'), 404, 'NOT_FOUND');
  });
});

describe('a server of its own', () => {
  it('stops a caller after 100 writes and no other', async () => {
    const limited = await start({ RATE_LIMIT: 'on' });
    const [lee, park] = [client(limited.url).as('lee'), client(limited.url).as('park')];

    const answers = await Promise.all(Array.from({ length: 105 }, () => lee.post('/things', { amount: 1 })));
    const refused = answers.filter(({ status }) => status === 429);
    const others = [await park.post('/things', { amount: 1 }), await lee.get(`/things/${id}`)];
    await limited.app.close();

    expect(refused).toHaveLength(5);
    expect(refused[0]).toMatchObject({ body: { code: 'RATE_LIMITED', detail: '요청이 너무 많습니다' } });
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(others.map(({ status }) => status)).toEqual([201, 200]);
  });

  it('gives out no tokens with OIDC', async () => {
    const oidc = await start({
      AUTH_MODE: 'oidc',
      OIDC_ISSUER: 'https://id.example.com',
      OIDC_AUDIENCE: 'shop',
      OIDC_JWKS_URL: 'http://127.0.0.1:1/jwks',
    });
    const answer = await client(oidc.url).nobody.post('/auth/token', { userId: 'kim' });
    await oidc.app.close();

    expectProblem(answer, 404, 'NOT_FOUND');
  });

  it('answers what it has begun before it closes, without waiting for idle connections', async () => {
    const closing = await start();
    const idle = await client(closing.url).nobody.get('/things');
    const begun = client(closing.url).nobody.get('/things/slow');
    await sleep(100);

    expect(await within(2_000, closing.app.close())).toBe(true);

    expect(idle.status).toBe(200);
    expect(await begun).toMatchObject({ status: 200, body: { done: true } });
  });
});
