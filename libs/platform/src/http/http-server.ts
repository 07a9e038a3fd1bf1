import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Admission } from './admission';
import { guardByAdmission, type UrgencyOf } from './admission-gate';
import { conformToHttp } from './conformance';
import { acceptJsonOnly, BODY_LIMIT } from './json-body';
import { OwnAnswers } from './own-answers';
import { answerProblem } from './problem.filter';
import { ReadyAnswers } from './ready-answers';
import { addRequestHooks, tellAnswer, welcome } from './request-hooks';
import { answerSocketError } from './socket-errors';
import { type ApiDescription, setupSwagger } from './swagger';

/** Fastify without the lenient body parsers that Nest would add to ours. */
class JsonOnlyAdapter extends FastifyAdapter {
  override registerParserMiddleware(): void {}
}

/** The server for `NestFactory.create(AppModule, createHttpAdapter())`. Nest middleware is off: hooks and guards do its work. */
export function createHttpAdapter(): FastifyAdapter {
  const adapter = new JsonOnlyAdapter({
    trustProxy: false,
    bodyLimit: BODY_LIMIT,
    requestTimeout: 15_000,
    // Node would look for who is late every 30 seconds; and it would answer without a problem to read.
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 1_000, requireHostHeader: false },
    exposeHeadRoutes: true,
    forceCloseConnections: 'idle',
    // While it shuts down, the server still answers what comes on open connections, and closes them.
    return503OnClosing: false,
    skipMiddie: true,
    multipart: false,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      welcome(request, reply);
      reply.raw.once('finish', () => tellAnswer(request, reply));
      answerProblem(error, request, reply);
    },
    clientErrorHandler: answerSocketError,
  });
  const server = adapter.getInstance<FastifyInstance>();
  acceptJsonOnly(server);
  addRequestHooks(server);
  return adapter;
}

/**
 * What is left to do between creating the application and listening.
 * `urgencyOf`: when requests may be refused for being too many.
 */
export function configureHttp(app: NestFastifyApplication, api: ApiDescription, urgencyOf?: UrgencyOf): void {
  setupSwagger(app, api);
  const server = app.getHttpAdapter().getInstance() as FastifyInstance;
  app.get(OwnAnswers).install(server);
  if (urgencyOf) guardByAdmission(server.server, app.get(Admission), urgencyOf);
  // Asked before admission: giving what is ready costs no more than refusing it.
  ReadyAnswers.install(server);
  conformToHttp(server.server);
}
