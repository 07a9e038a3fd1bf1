import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** Answers a request before the framework has heard of it, or lets it go on. */
export type Gate = (request: IncomingMessage, response: ServerResponse, goOn: () => void) => void;

/** Requests whose answer many others wait for: to refuse one of them would be to refuse them all. */
export const askedForMany = new WeakSet<IncomingMessage>();

/** What a gate met with in place of an answer: no other gate is asked, and the framework tells it. */
export const failures = new WeakMap<IncomingMessage, unknown>();

/** From now on every request comes to this gate first, and then to those that were there before. */
export function addGate(server: Server, gate: Gate): void {
  const [serve, ...others] = server.listeners('request');
  if (serve === undefined || others.length > 0) throw new Error('the framework listens in another way than it did');
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) =>
    failures.has(request)
      ? serve.call(server, request, response)
      : gate(request, response, () => serve.call(server, request, response)),
  );
}
