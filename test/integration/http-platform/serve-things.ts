import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { loadEnv } from '../../../libs/platform/src/config/env';
import { envModule } from '../../../libs/platform/src/config/env.module';
import { httpModule } from '../../../libs/platform/src/http/http.module';
import { configureHttp, createHttpAdapter } from '../../../libs/platform/src/http/http-server';
import { type Answer, type Caller, type Client, client } from '../../support/http';
import { rawExchange } from '../../support/raw-exchange';
import { ThingModule } from './thing.module';

/** A server that has everything of the platform's HTTP, and things. */
export async function start(settings: Record<string, string> = {}): Promise<{ app: INestApplication; url: string }> {
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
    tokens: 'From the token desk',
    tags: { thing: 'What there is' },
  });
  await app.listen(0, '127.0.0.1');
  return { app, url: `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}` };
}

/** One for the tests of this file, and who calls it. */
export function serveThings() {
  const served = {} as { app: INestApplication; url: string; kim: Caller; admin: Caller } & Client;
  beforeAll(async () => {
    const { app, url } = await start();
    const callers = client(url);
    Object.assign(served, { app, url, ...callers, kim: callers.as('kim'), admin: callers.as('boss', ['admin']) });
  });
  afterAll(() => served.app.close());
  return Object.assign(served, {
    /** What is answered to exactly these bytes. */
    raw: (text: string): Promise<string> => rawExchange(served.url, text),
  });
}

export function expectProblem(answer: Answer, status: number, code: string): void {
  expect(answer).toMatchObject({ status, body: { status, code, requestId: answer.headers.get('x-request-id') } });
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(answer.headers.get('cache-control')).toBe('no-store');
}
