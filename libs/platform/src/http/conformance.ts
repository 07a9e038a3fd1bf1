import type { IncomingMessage, Server } from 'node:http';
import { ValidationFailedException } from '@app/shared';
import { addGate, failures } from './gate';

const HOST_OF_TARGET = /^https?:\/\/[^/?#]*/i;

/**
 * What HTTP asks of a server (RFC 9110, RFC 9112) and neither Node nor the framework does as the rest of this service
 * needs it. To be called after everything else that adds a gate: this one must be asked first.
 */
export function conformToHttp(server: Server): void {
  addGate(server, (request, _response, goOn) => {
    putRight(request);
    if (request.headers.host === undefined && request.httpVersion === '1.1') {
      failures.set(request, ValidationFailedException.of('Host', { ko: '필요합니다', en: 'is required' }));
    }
    goOn();
  });
  // An expectation that nobody knows may be passed over; Node would answer 417, without a problem to read.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}

/** Everything behind this reads the address as most clients send it, and asks for no type of a body that is empty. */
function putRight(request: IncomingMessage): void {
  const { url = '', headers } = request;
  if (!url.startsWith('/')) request.url = url.replace(HOST_OF_TARGET, '') || '/';
  if (headers['content-length'] === '0') delete headers['content-type'];
}
