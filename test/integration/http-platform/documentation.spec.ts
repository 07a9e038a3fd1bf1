import type { OpenAPIObject } from '@nestjs/swagger';
import { expectProblem, serveThings } from './serve-things';
import { health } from './thing.module';

const things = serveThings();

describe('health', () => {
  afterEach(() => {
    health.database = 'up';
    delete health.ranking;
  });

  it('is alive, and ready while the database is there', async () => {
    expect(await things.nobody.get('/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await things.nobody.get('/health/ready')).toMatchObject({
      status: 200,
      body: { status: 'ok', checks: { database: 'up' } },
    });
  });

  it('is ready with what is late, and tells it', async () => {
    health.ranking = 'late';

    expect(await things.nobody.get('/health/ready')).toMatchObject({
      status: 200,
      body: { status: 'ok', checks: { ranking: 'late' } },
    });
  });

  it('is alive but not ready without it', async () => {
    health.database = 'down';

    expect((await things.nobody.get('/health/live')).status).toBe(200);
    expect(await things.nobody.get('/health/ready')).toMatchObject({
      status: 503,
      body: { status: 'unavailable', checks: { database: 'down' } },
    });
  });
});

describe('the documentation', () => {
  it('is OpenAPI 3.1 and lists what each route can answer', async () => {
    const { body } = await things.nobody.get<OpenAPIObject>('/docs-json');
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
    const page = await things.nobody.get<string>('/docs');

    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(page.body).not.toMatch(/(src|href)="https?:/);
    expect((await things.nobody.get<string>('/docs/swagger-ui-bundle.js')).status).toBe(200);
    expect((await things.nobody.get<string>('/docs/swagger-ui-init.js')).body).toContain(
      '"persistAuthorization": true',
    );
    expect((await things.nobody.get<string>('/docs-yaml')).body).toMatch(/^openapi: 3\.1\.0/);
    expectProblem(await things.nobody.get('/docs/nothing.js'), 404, 'NOT_FOUND');
  });
});
