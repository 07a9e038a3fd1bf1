import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { contextOf, exchangeOf, pathOf } from './exchange';
import { InternalException } from './http.exceptions';
import { headersOf, toProblem } from './problem';
import { reasonOf, refusalFor } from './refusals';

const logger = new Logger('Problem');

/** The one place where an error becomes an HTTP answer. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const { request, reply } = exchangeOf(host);
    answerProblem(error, request, reply);
  }
}

/** A bug is logged whole, an outage by its reason; once, beside the id that the client was given. */
export function answerProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const context = contextOf(request);
  const refusal = refusalFor(error);
  if (refusal instanceof InternalException) logger.error({ requestId: context.requestId, err: error });
  if (reply.sent) return;

  const reason = reasonOf(error);
  const isFirst = request.problemCode === null;
  if (reason !== undefined && isFirst) logger.warn({ requestId: context.requestId, code: refusal.code, reason });
  const problem = toProblem(refusal, context, pathOf(request));
  request.problemCode = problem.code;
  void reply.code(problem.status).headers(headersOf(refusal, context.language)).send(JSON.stringify(problem));
}
