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

export function logAnswer({ duration, ...answered }: Answered): void {
  const line = { ...answered, ms: Math.round(duration * 10) / 10 };
  if (line.status >= 500) logger.error(line);
  else logger.log(line);
}
