import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { contextFrom } from './exchange';
import { API_HEADERS } from './request-hooks';

/** A request that has come to a gate, and where its answer goes. */
export interface Arrived {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** By the process' own clock, in milliseconds. */
  readonly arrivedAt: number;
}

/** A JSON text, and what it is an answer to. */
export interface DirectAnswer {
  readonly body: string;
  /** In bytes. */
  readonly length: string;
  readonly route: string | undefined;
  readonly userId?: string;
}

const HEADERS = Object.entries({ ...API_HEADERS, 'content-type': 'application/json; charset=utf-8' }).flat();

/** Answers a GET without the framework, with all that its hooks give to every answer. */
export function answerDirectly(
  { server, traffic }: FastifyInstance,
  { body, length, route, userId }: DirectAnswer,
  { request, response, arrivedAt }: Arrived,
): void {
  const { requestId } = contextFrom(request.headers);
  const own = ['content-length', length, 'x-request-id', requestId];
  if (!server.listening) own.push('connection', 'close');
  response.writeHead(200, [...HEADERS, ...own]);
  response.end(body);
  const duration = performance.now() - arrivedAt;
  traffic.emit('answered', { requestId, userId, method: 'GET', route, status: 200, duration });
}
