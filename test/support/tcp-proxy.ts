import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A wire between the shop and a server that it depends on, which a test can cut, silence and mend. */
export class TcpProxy {
  /** Each end of a connection, with the end that its bytes go to. */
  private readonly ends = new Map<Socket, Socket>();
  private isCut = false;
  private isSilent = false;

  private constructor(private readonly server: Server) {}

  /** In front of the server at that address. */
  static async to(target: string): Promise<TcpProxy> {
    const { hostname, port } = new URL(target);
    const server = createServer();
    const proxy = new TcpProxy(server);
    server.on('connection', (near) => proxy.join(near, Number(port), hostname));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** The same address through this wire. */
  through(target: string): string {
    const url = new URL(target);
    url.hostname = '127.0.0.1';
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  /** Ends all connections, and each that is opened from now on. */
  cut(): void {
    this.isCut = true;
    for (const end of this.ends.keys()) end.destroy();
  }

  /** Keeps all connections open, and new ones too, and lets nothing through either way: as a stopped server does. */
  silence(): void {
    this.isSilent = true;
    for (const [from, to] of this.ends) from.unpipe(to);
  }

  /** What was sent meanwhile arrives now, where the connection is still open. */
  mend(): void {
    this.isCut = false;
    this.isSilent = false;
    for (const [from, to] of this.ends) from.unpipe(to).pipe(to);
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(near: Socket, port: number, host: string): void {
    if (this.isCut) {
      near.destroy();
      return;
    }
    const far = connect({ port, host, noDelay: true });
    near.setNoDelay(true);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.ends.set(from, to);
      from.on('error', () => undefined);
      from.on('close', () => {
        this.ends.delete(from);
        to.destroy();
      });
      if (!this.isSilent) from.pipe(to);
    }
  }
}
