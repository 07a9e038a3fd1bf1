import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type DomainException, ValidationFailedException } from '@app/shared';
import { uuidv7 } from 'uuidv7';
import { HeadersTooLargeException, RequestTimeoutException } from './http.exceptions';
import { headersOf, toProblem } from './problem';

const REFUSALS: Partial<Record<string, () => DomainException>> = {
  HPE_HEADER_OVERFLOW: () => new HeadersTooLargeException(),
  ERR_HTTP_REQUEST_TIMEOUT: () => new RequestTimeoutException(),
};

/** Node's own way from a connection to what is being answered on it. */
interface AnsweringSocket extends Socket {
  readonly _httpMessage?: ServerResponse | null;
}

/** Answers, in the same form as everything else, what could not even be read as a request. */
export function answerSocketError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (!socket.writable) {
    socket.destroy(error);
    return;
  }

  // What came before it on this connection has its answer first, and only that: a refusal in its place would be a lie.
  const { _httpMessage: answer } = socket as AnsweringSocket;
  if (answer?.headersSent) {
    socket.destroySoon();
    return;
  }
  if (answer?.req.complete) {
    answer.shouldKeepAlive = false;
    return;
  }

  const refusal = REFUSALS[error.code ?? '']?.() ?? new ValidationFailedException();
  const requestId = uuidv7();
  const problem = toProblem(refusal, { requestId, language: 'ko' }, '/');
  const body = JSON.stringify(problem);
  const headers = {
    ...headersOf(refusal, 'ko'),
    'x-request-id': requestId,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`, ...head, '', body].join('\r\n'));
}
