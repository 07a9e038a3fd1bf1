import type { IncomingMessage, ServerResponse } from 'node:http';
import { currencyOf } from '@app/shared';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Arrived, answerDirectly, type DirectAnswer } from './direct-answer';
import { addGate, askedForMany } from './gate';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether what is being answered is still current; null for an answer that is not for everybody. */
    isCurrent: (() => boolean) | null;
  }
}

/** Somebody who waits for what somebody else has asked for. */
interface Waiting extends Arrived {
  goOn(): void;
}

interface ReadyAnswer extends DirectAnswer {
  isCurrent(): boolean;
  /** Those who came while it is being made anew; null as long as it is not. */
  waiting: Waiting[] | null;
}

export interface ReadyLimits {
  /** Milliseconds that anybody waits for what somebody else has asked for. */
  readonly longestWait: number;
  /** Characters of all texts that are kept. */
  readonly mostText: number;
}

const MOST = 2_000;
/** Whoever varies what he asks for must not fill the memory. */
const MOST_TEXT = 32 * 1_024 * 1_024;
const LONGEST_URL = 300;

/**
 * Answers what everybody reads from the text of the last answer, for as long as the value that it was made of is
 * current: before the framework, so only what no token was asked for. When it no longer is, one goes through the
 * framework for it, and who comes meanwhile gets that answer too, if it is current then.
 */
export class ReadyAnswers {
  /** By address, in the order in which they were made. */
  private readonly answers = new Map<string, ReadyAnswer>();
  /** Characters of all texts. */
  private text = 0;

  private constructor(
    private readonly fastify: FastifyInstance,
    private readonly limits: ReadyLimits,
  ) {}

  static install(fastify: FastifyInstance, limits: Partial<ReadyLimits> = {}): void {
    const answers = new ReadyAnswers(fastify, { longestWait: 100, mostText: MOST_TEXT, ...limits });
    fastify.decorateRequest('isCurrent', null);
    fastify.addHook('preSerialization', (request, _reply, value, done) => {
      if (request.caller === null && typeof value === 'object' && value !== null) {
        request.isCurrent = currencyOf(value) ?? null;
      }
      done(null, value);
    });
    fastify.addHook('onSend', (request, reply, body, done) => {
      if (request.isCurrent && isKeepable(request, reply) && typeof body === 'string') {
        answers.keep(request, body, request.isCurrent);
      }
      done(null, body);
    });
    addGate(fastify.server, (request, response, goOn) => answers.meet(request, response, goOn));
  }

  private meet(request: IncomingMessage, response: ServerResponse, goOn: () => void): void {
    const { method, url = '' } = request;
    const answer = method === 'GET' ? this.answers.get(url) : undefined;
    const arrivedAt = performance.now();
    if (answer?.isCurrent()) answerDirectly(this.fastify, answer, { request, response, arrivedAt });
    else if (answer?.waiting) answer.waiting.push({ request, response, arrivedAt, goOn });
    else {
      if (answer) this.make(answer, request, response);
      goOn();
    }
  }

  private make(answer: ReadyAnswer, request: IncomingMessage, response: ServerResponse): void {
    answer.waiting = [];
    askedForMany.add(request);
    const timer = setTimeout(() => letGo(answer), this.limits.longestWait);
    response.once('close', () => {
      clearTimeout(timer);
      letGo(answer);
    });
  }

  private keep({ url, routeOptions }: FastifyRequest, body: string, isCurrent: () => boolean): void {
    const last = this.answers.get(url);
    const answer: ReadyAnswer = {
      route: routeOptions.url,
      body,
      length: String(Buffer.byteLength(body)),
      isCurrent,
      waiting: null,
    };
    this.forget(url);
    this.answers.set(url, answer);
    this.text += body.length;
    this.makeRoom();
    if (!last?.waiting || !isCurrent()) return;
    for (const waiting of last.waiting.splice(0)) answerDirectly(this.fastify, answer, waiting);
  }

  /** The one that was made first goes first. */
  private makeRoom(): void {
    for (const url of this.answers.keys()) {
      if (this.answers.size <= MOST && this.text <= this.limits.mostText) return;
      this.forget(url);
    }
  }

  private forget(url: string): void {
    this.text -= this.answers.get(url)?.body.length ?? 0;
    this.answers.delete(url);
  }
}

/** Nobody has made it anew, or it is no longer current: each asks for himself. */
function letGo(answer: ReadyAnswer): void {
  const waiting = answer.waiting ?? [];
  answer.waiting = null;
  for (const { goOn } of waiting) goOn();
}

function isKeepable({ method, url }: FastifyRequest, { statusCode }: FastifyReply): boolean {
  return method === 'GET' && statusCode === 200 && url.length <= LONGEST_URL;
}
