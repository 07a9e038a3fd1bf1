import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { OverloadedException } from '../lanes/lane.exceptions';
import type { Admission, Urgency } from './admission';
import { contextFrom, pathOf } from './exchange';
import { addGate, askedForMany } from './gate';
import { headersOf, toProblem } from './problem';
import type { RequestContext } from './request-context';
import { API_HEADERS } from './request-hooks';

/** How urgent a request is, by its method and address alone; null for one that is never refused. */
export type UrgencyOf = (method: string, url: string) => Urgency | null;

/**
 * Asks before anything else is done for a request, the framework's part included: while ten times as many come as can
 * be served, what a refusal costs is what is left of the shop.
 */
export function guardByAdmission(server: Server, admission: Admission, urgencyOf: UrgencyOf): void {
  const open = new WeakMap<Socket, Open>();
  addGate(server, (request, response, goOn) => {
    const urgency = askedForMany.has(request) ? null : urgencyOf(request.method ?? '', request.url ?? '');
    if (urgency !== null) {
      if (!admission.admits(urgency)) return refuse(request, response, server.listening);
      let here = open.get(request.socket);
      if (here === undefined) {
        here = new Open(request.socket, admission);
        open.set(request.socket, here);
      }
      here.follow(request, response);
    }
    goOn();
  });
}

/** What was let in on one connection: its end ends them all, and who waits behind another one never hears of it. */
class Open {
  /** When each of them began. */
  private readonly began: number[] = [];

  constructor(
    socket: Socket,
    private readonly admission: Admission,
  ) {
    socket.once('close', () => {
      for (const beganAt of this.began.splice(0)) this.admission.leave(beganAt);
    });
  }

  follow(request: IncomingMessage, response: ServerResponse): void {
    const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers;
    // Whoever sends a body slowly takes nobody's place meanwhile.
    if (length === '0' && encoding === undefined) this.begin(response);
    else request.once('end', () => this.begin(response));
  }

  private begin(response: ServerResponse): void {
    if (response.closed) return;
    this.began.push(this.admission.begin());
    // Answers of one connection leave in the order in which they were asked for.
    response.once('close', () => {
      const beganAt = this.began.shift();
      if (beganAt !== undefined) this.admission.leave(beganAt);
    });
  }
}

const REFUSALS = { ko: prepared('ko'), en: prepared('en') };

/** Everything of the answer that does not depend on the request; the body in three parts. */
function prepared(language: RequestContext['language']) {
  const refusal = new OverloadedException();
  const body = JSON.stringify(toProblem(refusal, { requestId: '@', language }, '@'));
  const [start = '', middle = '', end = ''] = body.split('"@"');
  const headers = Object.entries({ ...API_HEADERS, ...headersOf(refusal, language) }).flat();
  return { start, middle, end, headers };
}

/** What the problem filter would answer, without asking it. A server that has closed lets go of its connections. */
function refuse(request: IncomingMessage, response: ServerResponse, isListening: boolean): void {
  const { requestId, language } = contextFrom(request.headers);
  const { start, middle, end, headers } = REFUSALS[language];
  const body = `${start}${JSON.stringify(pathOf(request))}${middle}"${requestId}"${end}`;
  const length = String(Buffer.byteLength(body));
  const own = isListening ? ['x-request-id', requestId] : ['x-request-id', requestId, 'connection', 'close'];
  response.writeHead(503, [...headers, 'content-length', length, ...own]);
  // A text leaves together with the head, in one piece; bytes would not.
  response.end(body);
}
