import cluster from 'node:cluster';
import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, pino } from 'pino';
import type { Env } from '../config/env';

const SECRETS = ['authorization', 'password', 'secret', 'token', 'accessToken'];

/** One JSON object a line on standard output, for whatever collects the logs. Of several processes each says which. */
export class JsonLogger implements LoggerService {
  private readonly lines: Logger;

  constructor(level: Env['LOG_LEVEL'], out?: DestinationStream) {
    const redact = SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
    const base = cluster.isWorker ? { pid: process.pid } : null;
    const options = { level, base, redact, timestamp: pino.stdTimeFunctions.isoTime };
    this.lines = out === undefined ? pino(options) : pino(options, out);
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  /** Nest puts the name of the logger last and, before it, what is known of an error: the error itself or its stack. */
  private write(
    level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal',
    message: unknown,
    rest: unknown[],
  ): void {
    if (!this.lines.isLevelEnabled(level)) return;
    const logger = rest.at(-1);
    const error = rest.find((part) => part instanceof Error);
    const [stack] = rest.slice(0, -1);
    const facts = {
      ...(typeof logger === 'string' && { logger }),
      ...(error !== undefined && { err: error }),
      ...(typeof stack === 'string' && { stack }),
    };
    if (message instanceof Error) this.lines[level]({ ...facts, err: message });
    else if (typeof message === 'object') this.lines[level]({ ...facts, ...message });
    else this.lines[level](facts, String(message));
  }
}
