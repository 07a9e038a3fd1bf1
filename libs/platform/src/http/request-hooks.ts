import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { failpoint } from '../failpoints/failpoint';
import { tellLocations } from './created-at';
import { contextOf, pathOf } from './exchange';
import { failures } from './gate';
import { MethodNotAllowedException, NotFoundException } from './http.exceptions';
import { KnownRoutes } from './known-routes';
import { requestContext } from './request-context';
import { logAnswer, Traffic } from './traffic';

const API_POLICY = "default-src 'none'; frame-ancestors 'none'";
/** The documentation page styles itself inline and shows images of its own. */
const DOCS_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The headers of every answer, beside the request's id. */
export const API_HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'content-security-policy': API_POLICY,
} as const;

/** What is done for every request, whatever it asks for. */
export function addRequestHooks(server: FastifyInstance): void {
  const routes = KnownRoutes.of(server);
  server.decorate('traffic', new Traffic().on('answered', logAnswer));
  server.decorateRequest('known', null);
  server.decorateRequest('caller', null);
  server.decorateRequest('problemCode', null);

  server.addHook('onRequest', (request, reply, done) => {
    welcome(request, reply);
    const failure = failures.get(request.raw) as Error | undefined;
    done(failure ?? (request.is404 ? notServed(request, routes) : undefined));
  });
  // As late as it can be: nothing that waits for the socket comes between this and the handler.
  server.addHook('preHandler', (request, _reply, done) => {
    // Only writes ask for it, in their lanes; it is not free.
    if (request.method === 'GET') done();
    else requestContext.run(contextOf(request), done);
  });
  tellLocations(server);
  completeAnswers(server);
  server.addHook('onResponse', (request, reply, done) => {
    tellAnswer(request, reply);
    done();
  });
}

/** To whoever counts and logs; also called for what the router refuses before any hook. */
export function tellAnswer(request: FastifyRequest, reply: FastifyReply): void {
  request.server.traffic.emit('answered', {
    requestId: contextOf(request).requestId,
    userId: request.caller?.userId,
    method: request.method,
    route: request.routeOptions.url,
    status: reply.statusCode,
    duration: reply.elapsedTime,
    code: request.problemCode ?? undefined,
  });
}

/**
 * Says of an answer that it is a stored one. What is in flight when the server closes is answered, and its connection
 * not kept for another request.
 */
function completeAnswers(server: FastifyInstance): void {
  let closing = false;
  server.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  server.addHook('onSend', (request, reply, payload, done) => {
    if (request.method === 'POST') failpoint('before-answer', reply.raw);
    if (request.known?.replayOf !== undefined) void reply.header('Idempotent-Replayed', 'true');
    if (closing) void reply.header('connection', 'close');
    done(null, payload);
  });
}

/** Sets the headers of every answer; also called for what the router refuses before any hook. */
export function welcome(request: FastifyRequest, reply: FastifyReply): void {
  const { url } = request;
  void reply.headers(API_HEADERS).header('x-request-id', contextOf(request).requestId);
  if (url.startsWith('/docs') && /^\/docs(\/|\?|$)/.test(url))
    void reply.header('content-security-policy', DOCS_POLICY);
}

/** Said before a body is read: what is not served is not read either. */
function notServed(request: FastifyRequest, routes: KnownRoutes): Error {
  const methods = routes.methodsAt(pathOf(request));
  return methods.length > 0 && !methods.includes(request.method)
    ? new MethodNotAllowedException(methods)
    : new NotFoundException();
}
