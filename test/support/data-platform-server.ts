import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { deferred } from './deferred';

/** One request as it arrived. */
export interface Delivery {
  readonly id: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** What the platform does with a delivery. */
export type Answer = (response: ServerResponse, delivery: Delivery) => void;

export const SECRET = `whsec_${Buffer.from('a secret of the tests, 32 bytes.').toString('base64')}`;

export function status(code: number, headers: Record<string, string> = {}, body = ''): Answer {
  return (response) => void response.writeHead(code, headers).end(body);
}

export const accept = status(204);

/** Takes the request and never says a word. */
export const hang: Answer = () => undefined;

/** Says yes when the gate opens. */
export function acceptAfter(gate: Promise<unknown>): Answer {
  return (response) => void gate.then(() => response.writeHead(200).end());
}

/** Answers in no protocol. */
export const garbage: Answer = (response) => void response.socket?.end('%$#@! no HTTP at all\r\n\r\n');

/** Hangs up on the request. */
export const drop: Answer = (response) => void response.socket?.destroy();

/** Says yes, and goes on talking for as long as anybody listens. */
export const endless: Answer = (response) => {
  const chunk = Buffer.alloc(16 * 1_024, 'x');
  const talk = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response
    .writeHead(200)
    .on('drain', talk)
    .on('error', () => undefined);
  talk();
};

interface Waiter {
  readonly count: number;
  resolve(): void;
}

/** A real HTTP server in the place of the external data platform: keeps what arrives, and answers as it is told. */
export class DataPlatformServer {
  readonly deliveries: Delivery[] = [];
  readonly secret = SECRET;
  private readonly waiters: Waiter[] = [];
  private answer: Answer = accept;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<DataPlatformServer> {
    const server = createServer();
    const platform = new DataPlatformServer(server);
    server.on('request', (request, response) => void platform.receive(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return platform;
  }

  get url(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/events`;
  }

  get ids(): string[] {
    return this.deliveries.map(({ id }) => id);
  }

  answerWith(answer: Answer): void {
    this.answer = answer;
  }

  /** Resolves when `count` requests have arrived in all. */
  async received(count: number): Promise<void> {
    if (this.deliveries.length >= count) return;
    const { promise, resolve } = deferred();
    const timer = setTimeout(resolve, 10_000);
    this.waiters.push({ count, resolve });
    await promise;
    clearTimeout(timer);
    if (this.deliveries.length < count) throw new Error(`${this.deliveries.length} of ${count} deliveries arrived`);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const delivery: Delivery = {
      id: String(request.headers['webhook-id']),
      headers: request.headers as Record<string, string>,
      body: Buffer.concat(chunks).toString(),
    };
    this.deliveries.push(delivery);
    for (const { count, resolve } of this.waiters) if (this.deliveries.length >= count) resolve();
    this.answer(response, delivery);
  }
}

/** As the receiver would: throws on a wrong signature and on a time that is not now. */
export function verified({ body, headers }: Delivery): unknown {
  return new Webhook(SECRET).verify(body, headers);
}
