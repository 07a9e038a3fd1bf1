import { Background, configureHttp, createHttpAdapter, type Env, JsonLogger } from '@app/platform';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { apiDescription } from './api-description';
import { appModule } from './app.module';
import { CannotStartException } from './cannot-start.exception';
import { urgencyOf } from './urgency';

export interface RunningShop {
  readonly app: NestFastifyApplication;
  readonly url: string;
}

/**
 * Starts the shop as it runs everywhere: in production, under `npm start` and in the e2e tests. The schema must be up to
 * date.
 * @throws CannotStartException when it may not listen where it is to
 */
export async function bootstrap(env: Env, background = new Background(true)): Promise<RunningShop> {
  const app = await NestFactory.create<NestFastifyApplication>(appModule(env, background), createHttpAdapter(), {
    logger: new JsonLogger(env.LOG_LEVEL),
    abortOnError: false,
  });
  configureHttp(app, apiDescription(env), env.LOAD_SHEDDING === 'on' ? urgencyOf : undefined);
  try {
    await app.listen(env.PORT, env.HOST);
  } catch (error) {
    await app.close();
    throw whyNotListening(error, env);
  }
  return { app, url: await app.getUrl() };
}

function whyNotListening(error: unknown, { HOST, PORT }: Env): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new CannotStartException(`Port ${PORT} of ${HOST} is in use. Use another: PORT=${PORT + 1}`);
    case 'EACCES':
      return new CannotStartException(`Port ${PORT} may not be used by this user. Use another: PORT=3000`);
    case 'EADDRNOTAVAIL':
      return new CannotStartException(`${HOST} is no address of this machine. Use another: HOST=127.0.0.1`);
    default:
      return error;
  }
}
