import { Background, configureHttp, createHttpAdapter, type Env, JsonLogger } from '@app/platform';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { API_DESCRIPTION } from './api-description';
import { appModule } from './app.module';
import { urgencyOf } from './urgency';

export interface RunningShop {
  readonly app: NestFastifyApplication;
  readonly url: string;
}

/** Starts the shop as it runs everywhere: in production, under `npm start` and in the e2e tests. The schema must be up to date. */
export async function bootstrap(env: Env, background = new Background(true)): Promise<RunningShop> {
  const app = await NestFactory.create<NestFastifyApplication>(appModule(env, background), createHttpAdapter(), {
    logger: new JsonLogger(env.LOG_LEVEL),
    abortOnError: false,
  });
  configureHttp(app, API_DESCRIPTION, env.LOAD_SHEDDING === 'on' ? urgencyOf : undefined);
  await app.listen(env.PORT, env.HOST);
  return { app, url: await app.getUrl() };
}
