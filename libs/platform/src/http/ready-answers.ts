import { currencyOf } from '@app/shared';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether what is being answered is still current; null for an answer that is not for everybody. */
    isCurrent: (() => boolean) | null;
  }
}

interface ReadyAnswer {
  readonly body: string;
  isCurrent(): boolean;
}

const MOST = 1_000;
const LONGEST_URL = 300;
const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * Answers what everybody reads from the text of the last answer, for as long as the value that it was made of is
 * current: before any guard, so only what no token was asked for.
 */
export function answerFromMemory(server: FastifyInstance): void {
  const answers = new Map<string, ReadyAnswer>();
  server.decorateRequest('isCurrent', null);

  server.addHook('onRequest', (request, reply, done) => {
    const ready = request.method === 'GET' ? answers.get(request.url) : undefined;
    if (!ready?.isCurrent()) return done();
    void reply.header('content-type', JSON_TYPE).send(ready.body);
  });
  server.addHook('preSerialization', (request, _reply, value, done) => {
    if (request.caller === null && typeof value === 'object' && value !== null) {
      request.isCurrent = currencyOf(value) ?? null;
    }
    done(null, value);
  });
  server.addHook('onSend', (request, reply, body, done) => {
    if (request.isCurrent && isKeepable(request, reply) && typeof body === 'string') {
      makeRoom(answers);
      answers.set(request.url, { body, isCurrent: request.isCurrent });
    }
    done(null, body);
  });
}

function isKeepable({ method, url }: FastifyRequest, { statusCode }: FastifyReply): boolean {
  return method === 'GET' && statusCode === 200 && url.length <= LONGEST_URL;
}

/** The one that was made first goes first. */
function makeRoom(answers: Map<string, ReadyAnswer>): void {
  const [oldest] = answers.keys();
  if (answers.size >= MOST && oldest !== undefined) answers.delete(oldest);
}
