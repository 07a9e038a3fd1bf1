import net from 'node:net';
import { LocalServerError } from './local-server';

// Kernels give outgoing connections ports from 32768 on: a server's port below it cannot be taken by one of those.
const FIRST_PORT = 15_000;
const LAST_PORT = 32_767;

/** The first port at or after `from` that nobody listens on; without it, the search starts anywhere. */
export async function freePort(
  from = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT - 1000)),
): Promise<number> {
  for (let port = from; port <= LAST_PORT; port++) {
    if (await isFree(port)) return port;
  }
  throw new LocalServerError(
    `No port of ${from}..${LAST_PORT} is free on 127.0.0.1.`,
    'Stop some of the programs that listen there.',
  );
}

/** Whether nobody listens there. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.createServer().once('error', ({ code }: NodeJS.ErrnoException) => {
      resolve(code !== 'EADDRINUSE');
    });
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
