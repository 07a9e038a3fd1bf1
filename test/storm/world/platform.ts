import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Answer,
  accept,
  type Delivery,
  drop,
  garbage,
  SECRET,
  status,
  verified,
} from '../../support/data-platform-server';
import type { StormDelivery } from '../checkers/evidence';

/** What the platform does with what arrives: takes it, or one of the ways not to. `drop` has heard it and hangs up. */
export type PlatformMode = 'accept' | 'fail' | 'busy' | 'hang' | 'redirect' | 'garbage' | 'drop';

/** The external data platform under storm. */
export class StormPlatform {
  readonly deliveries: StormDelivery[] = [];
  readonly secret = SECRET;
  private mode: PlatformMode = 'accept';
  private readonly waiting = new Set<ServerResponse>();

  private readonly answers: Readonly<Record<PlatformMode, Answer>> = {
    accept,
    fail: status(500),
    busy: status(429, { 'retry-after': '1' }),
    hang: (response) => this.waiting.add(response),
    redirect: status(302, { location: '/elsewhere' }),
    garbage,
    drop,
  };

  private constructor(private readonly server: Server) {}

  static async start(): Promise<StormPlatform> {
    const server = createServer();
    const platform = new StormPlatform(server);
    server.on('request', (request, response) => platform.receive(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return platform;
  }

  get url(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/events`;
  }

  /** Whoever was left hanging is hung up on. */
  answerWith(mode: PlatformMode): void {
    this.mode = mode;
    for (const response of this.waiting) response.destroy();
    this.waiting.clear();
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** What does not arrive to its end has not arrived. */
  private receive(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = request.headers as Record<string, string>;
      const delivery = { id: String(headers['webhook-id']), headers, body: Buffer.concat(chunks).toString() };
      this.deliveries.push({
        id: delivery.id,
        ...read(delivery),
        accepted: this.mode === 'accept',
        at: performance.now(),
      });
      this.answers[this.mode](response, delivery);
    });
  }
}

function read(delivery: Delivery): Pick<StormDelivery, 'body' | 'verified'> {
  try {
    return { body: verified(delivery) as StormDelivery['body'], verified: true };
  } catch {
    return { body: parsed(delivery.body), verified: false };
  }
}

function parsed(text: string): StormDelivery['body'] {
  try {
    return JSON.parse(text) as StormDelivery['body'];
  } catch {
    return { type: 'unreadable', timestamp: '', data: { text } };
  }
}
