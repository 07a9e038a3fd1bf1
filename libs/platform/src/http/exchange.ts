import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { ArgumentsHost } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { uuidv7 } from 'uuidv7';
import type { Caller } from './auth/token-verifier';
import { languageOf } from './language';
import type { RequestContext } from './request-context';

declare module 'fastify' {
  interface FastifyRequest {
    /** What is known of this request; see `contextOf`. */
    known: RequestContext | null;
    /** Whose token came with the request; set by the guard. */
    caller: Caller | null;
    /** The code of the problem that was answered, for the log. */
    problemCode: string | null;
  }
}

const SANE_REQUEST_ID = /^[A-Za-z0-9_.-]{8,64}$/;

export function exchangeOf(host: ArgumentsHost): { request: FastifyRequest; reply: FastifyReply } {
  const http = host.switchToHttp();
  return { request: http.getRequest<FastifyRequest>(), reply: http.getResponse<FastifyReply>() };
}

/** Made when the request arrives; also for one that is refused before any hook has run. */
export function contextOf(request: FastifyRequest): RequestContext {
  request.known ??= contextFrom(request.headers);
  return request.known;
}

export function contextFrom(headers: IncomingHttpHeaders): RequestContext {
  return { requestId: requestIdOf(headers['x-request-id']), language: languageOf(headers['accept-language']) };
}

/** The path that was asked for, without its query. */
export function pathOf({ url = '' }: { readonly url?: string | undefined }): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}

/** Every value of a header, however often it was sent: `headers` joins or drops the others. */
export function headerValues({ rawHeaders }: IncomingMessage, name: string): string[] {
  const values: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const sent = rawHeaders[at]!;
    if (sent.length === name.length && sent.toLowerCase() === name) values.push(rawHeaders[at + 1]!);
  }
  return values;
}

function requestIdOf(sent: string | string[] | undefined): string {
  return typeof sent === 'string' && SANE_REQUEST_ID.test(sent) ? sent : uuidv7();
}
