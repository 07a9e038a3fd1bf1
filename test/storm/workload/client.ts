import http from 'node:http';
import type { Action, Call, CallOutcome, History, InstanceName, Reason } from '../history';
import { keptOf } from './kept-answer';

const TIMEOUT = 8_000;

/** One HTTP exchange that somebody wants. */
export interface Exchange {
  readonly operation: number;
  readonly reason: Reason;
  /** The logical client, e.g. `bank-3`. */
  readonly client: string;
  readonly action: Action;
  readonly userId: string;
  readonly roles?: readonly string[];
  /** The token is left out. */
  readonly anonymous?: boolean;
  readonly instance: InstanceName;
  readonly method: string;
  readonly path: string;
  readonly key?: string;
  /** A text goes out as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly contentType?: string;
  /** For noise: the status that the contract asks for. */
  readonly expected?: number;
  /** The client hangs up after that many milliseconds, unless it was answered by then. */
  readonly abortAfter?: number;
}

export interface Addresses {
  urlOf(instance: InstanceName): string;
  tokenOf(userId: string, roles?: string[]): Promise<string>;
}

interface Reply {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/** What the client saw of a call: everything that it did not decide itself. */
type Sight = Pick<Call, 'verdict' | 'status' | 'code' | 'replayed' | 'answer' | 'lost'>;

/** Makes calls and records each of them in the history. */
export class StormClient {
  private readonly agent = new http.Agent({ keepAlive: true });

  constructor(
    private readonly history: History,
    private readonly addresses: Addresses,
    /** Milliseconds until a call counts as lost. */
    private readonly timeout = TIMEOUT,
  ) {}

  /** Resolves to what was recorded, whatever happened on the way. Rejects only when no token can be had. */
  async send(exchange: Exchange): Promise<Call> {
    const { roles, anonymous, contentType, abortAfter, ...recorded } = exchange;
    const headers = await this.headersOf(exchange);
    const began = performance.now();
    const sight = await this.sightOf(exchange, headers);
    const call: Call = { ...recorded, began, ended: performance.now(), ...sight };
    this.history.add(call);
    return call;
  }

  /** Hangs up on everybody. */
  close(): void {
    this.agent.destroy();
  }

  private async headersOf(exchange: Exchange): Promise<http.OutgoingHttpHeaders> {
    const { userId, roles = [], anonymous = false, key, body, contentType = 'application/json' } = exchange;
    return {
      ...(!anonymous && { authorization: `Bearer ${await this.addresses.tokenOf(userId, [...roles])}` }),
      ...(key !== undefined && { 'idempotency-key': key }),
      ...(body !== undefined && { 'content-type': contentType }),
    };
  }

  private async sightOf(exchange: Exchange, headers: http.OutgoingHttpHeaders): Promise<Sight> {
    try {
      return toSight(exchange.action, await this.exchange(exchange, headers));
    } catch (error) {
      return { verdict: 'unknown', lost: codeOf(error) };
    }
  }

  private exchange(
    { instance, method, path, body, abortAfter }: Exchange,
    headers: http.OutgoingHttpHeaders,
  ): Promise<Reply> {
    const sent = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const length = sent === undefined ? {} : { 'content-length': Buffer.byteLength(sent) };
    return new Promise<Reply>((resolve, reject) => {
      const request = http.request(this.addresses.urlOf(instance) + path, {
        agent: this.agent,
        method,
        headers: { ...headers, ...length },
      });
      const timers = [hangUp(request, this.timeout, 'timeout')];
      if (abortAfter !== undefined) timers.push(hangUp(request, abortAfter, 'aborted'));
      const over = (): void => timers.forEach(clearTimeout);
      const fail = (error: Error): void => {
        over();
        reject(error);
      };
      request.on('error', fail);
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', fail);
        response.on('end', () => {
          over();
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString(),
          });
        });
      });
      request.end(sent);
    });
  }
}

/** Why no answer came, in a word. */
class HungUpError extends Error {
  constructor(readonly code: 'timeout' | 'aborted') {
    super(`The client hung up: ${code}.`);
  }
}

function hangUp(request: http.ClientRequest, after: number, why: 'timeout' | 'aborted'): NodeJS.Timeout {
  return setTimeout(() => request.destroy(new HungUpError(why)), after);
}

/** What an answer tells of its operation: see CallOutcome. */
export function outcomeOf(status: number, code: string | undefined): CallOutcome {
  if (status >= 200 && status < 300) return 'done';
  // 408: the server did not read the request to its end.
  const isPassing = status === 408 || status === 429 || code === 'REQUEST_IN_PROGRESS';
  return status >= 400 && status < 500 && !isPassing ? 'refused' : 'unknown';
}

function toSight(action: Action, { status, headers, text }: Reply): Sight {
  const answer = parsed(text, headers['content-type']);
  const code = status >= 400 ? codeIn(answer) : undefined;
  return {
    verdict: outcomeOf(status, code),
    status,
    ...(code !== undefined && { code }),
    ...(headers['idempotent-replayed'] === 'true' && { replayed: true }),
    answer: keptOf(action, status, answer),
  };
}

function parsed(text: string, contentType = ''): unknown {
  if (!contentType.includes('json')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function codeIn(answer: unknown): string | undefined {
  const { code } = Object(answer) as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}

function codeOf(error: unknown): string {
  const { code } = Object(error) as { code?: unknown };
  return typeof code === 'string' ? code : String(error);
}
