import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { bearerTokenOf } from './auth/bearer-token';
import { type Caller, TokenVerifier } from './auth/token-verifier';
import { answerDirectly } from './direct-answer';
import { addGate, failures } from './gate';

/** What is answered to somebody with this id. */
type Answer = (userId: string) => Promise<object>;

/**
 * What customers ask for again and again, each for his own: answered before the framework, as its handler would. Only
 * where a token is all that is asked for: no role, no path parameter, no query and no body.
 */
@Injectable()
export class OwnAnswers {
  private readonly answers = new Map<string, Answer>();

  constructor(private readonly tokens: TokenVerifier) {}

  /** `path` of a GET that a handler serves too: with a query or a body, or as a HEAD, it is asked. */
  serve(path: string, answer: Answer): void {
    this.answers.set(path, answer);
  }

  /** To be called once, before the gates that are to be asked earlier. */
  install(fastify: FastifyInstance): void {
    addGate(fastify.server, (request, response, goOn) => {
      const { method, url: route = '' } = request;
      const answer = method === 'GET' ? this.answers.get(route) : undefined;
      if (answer === undefined || hasBody(request)) return goOn();
      const arrivedAt = performance.now();
      const give = async ({ userId }: Caller): Promise<void> => {
        const body = JSON.stringify(await answer(userId));
        const length = String(Buffer.byteLength(body));
        answerDirectly(fastify, { body, length, route, userId }, { request, response, arrivedAt });
      };
      this.withCaller(request, give).catch((error: unknown) => {
        failures.set(request, error);
        goOn();
      });
    });
  }

  /** Waits only for a token that is not known: most are, and waiting costs. */
  private withCaller(request: IncomingMessage, give: (caller: Caller) => Promise<void>): Promise<void> {
    try {
      const caller = this.tokens.verify(bearerTokenOf(request));
      return caller instanceof Promise ? caller.then(give) : give(caller);
    } catch (error) {
      return Promise.reject(error);
    }
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
}
