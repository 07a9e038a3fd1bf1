import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { uuidv7 } from 'uuidv7';

const BODY = '{"amount":1000}';

/** What came of a charge: its answer, or the code of what came instead. */
export type End = { readonly status: number; readonly connection: string | undefined } | string;

export interface Charge {
  readonly key: string;
  readonly end: Promise<End>;
  /** Sends what is left of it. */
  finish(): void;
}

/** Charges the balance of one user over connections that it keeps, and as slowly as a test wants it. */
export class SlowCharging {
  private readonly agents: Agent[] = [];

  constructor(
    private readonly port: number,
    private readonly token: string,
  ) {}

  /** A charge on a new connection, which stays open and idle after its answer. */
  once(): Promise<readonly [key: string, End]> {
    return this.send(this.keepingAgent());
  }

  /** One charge after another on one connection until nobody takes one; tells what came of each by its key. */
  async untilRefused(charged: () => void): Promise<[string, End][]> {
    const agent = this.keepingAgent();
    const ends: [string, End][] = [];
    for (;;) {
      const [key, end] = await this.send(agent);
      ends.push([key, end]);
      charged();
      if (end === 'ECONNREFUSED') return ends;
    }
  }

  /** A charge of which the shop has all but the last byte. */
  async almostSent(): Promise<Charge> {
    const { key, request, end } = this.begin(this.keepingAgent(), { expect: '100-continue' });
    request.flushHeaders();
    // The shop says so when it has read the headers: from then on the request is its own.
    await new Promise((resolve) => request.once('continue', resolve));
    request.write(BODY.slice(0, -1));
    return { key, end, finish: () => void request.end(BODY.slice(-1)) };
  }

  close(): void {
    for (const agent of this.agents) agent.destroy();
  }

  private async send(agent: Agent): Promise<readonly [string, End]> {
    const { key, request, end } = this.begin(agent);
    request.end(BODY);
    return [key, await end];
  }

  private begin(agent: Agent, more: Readonly<Record<string, string>> = {}) {
    const key = uuidv7();
    const headers = {
      authorization: `Bearer ${this.token}`,
      'content-type': 'application/json',
      'content-length': BODY.length,
      'idempotency-key': key,
      ...more,
    };
    const { port } = this;
    const request = httpRequest({ agent, port, host: '127.0.0.1', method: 'POST', path: '/balance/charges', headers });
    const end = new Promise<End>((resolve) => {
      request.on('response', (response: IncomingMessage) => {
        const { statusCode: status = 0, headers } = response.resume();
        response.on('end', () => resolve({ status, connection: headers.connection }));
      });
      request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    });
    return { key, request, end };
  }

  private keepingAgent(): Agent {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    this.agents.push(agent);
    return agent;
  }
}
