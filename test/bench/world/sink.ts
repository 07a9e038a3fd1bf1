import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A data platform that accepts everything and remembers nothing. */
export class Sink {
  private constructor(private readonly server: Server) {}

  static async start(): Promise<Sink> {
    const server = createServer((request, response) => {
      request.resume();
      request.on('end', () => response.writeHead(204).end());
      request.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Sink(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/events`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
