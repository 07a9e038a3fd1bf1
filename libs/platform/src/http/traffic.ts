import { EventEmitter } from 'node:events';
import { Logger } from '@nestjs/common';

declare module 'fastify' {
  interface FastifyInstance {
    traffic: Traffic;
  }
}

/** An answer that was sent. */
export interface Answered {
  readonly requestId: string;
  readonly userId?: string | undefined;
  readonly method: string;
  /** As it is declared: an id in an address makes no route of its own. */
  readonly route: string | undefined;
  readonly status: number;
  /** Milliseconds since the request arrived. */
  readonly duration: number;
  /** Of the problem that it told. */
  readonly code?: string | undefined;
}

/** Tells of every answer, whoever has given it. */
export class Traffic extends EventEmitter<{ answered: [Answered] }> {}

const logger = new Logger('Request');

/** Names each field: copying all but one of them takes fifteen times as long, for every request. */
export function logAnswer({ requestId, userId, method, route, status, duration, code }: Answered): void {
  const line = { requestId, userId, method, route, status, code, ms: Math.round(duration * 10) / 10 };
  if (status >= 500) logger.error(line);
  else logger.log(line);
}
