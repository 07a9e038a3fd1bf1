import { setTimeout as delay } from 'node:timers/promises';
import { CannotStartException } from '../../shop/src/cannot-start.exception';

/** A database server that runs on this machine for this program alone, on 127.0.0.1. */
export interface LocalServer {
  /** Name, version and origin, e.g. "PostgreSQL 18.4 (embedded)". Holds no secret. */
  readonly description: string;
  readonly port: number;
  /** True when it was running already: left over by a program that was killed, or another one's that still runs. */
  readonly adopted: boolean;
  /** Address with the password in it: not for printing. Without a name, the database that always exists. */
  url(database?: string): string;
  /** Stops the server and resolves when its process is gone. A server of another live program is left running. */
  stop(): Promise<void>;
}

/** A server that cannot be had: what is wrong, and below it what the person who started it can do. */
export class LocalServerError extends CannotStartException {
  constructor(problem: string, fix: string) {
    super([problem, ...fix.split('\n')].join('\n    '));
    this.name = 'LocalServerError';
  }
}

/** Resolves to whether the condition came true in time. */
export async function until(met: () => boolean | Promise<boolean>, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (!(await met())) {
    if (Date.now() > deadline) return false;
    await delay(10);
  }
  return true;
}
