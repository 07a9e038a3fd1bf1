import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Which way bytes go: to the client that connected, or to the server behind the wire. */
type Direction = 'toClient' | 'toServer';

/** What is wrong with a wire. */
interface Trouble {
  /** The directions in which nothing gets through. */
  readonly silent: ReadonlySet<Direction>;
  /** Milliseconds that every byte is late. */
  readonly late: number;
  readonly isSliced: boolean;
}

const CALM: Trouble = { silent: new Set(), late: 0, isSliced: false };

/** Bytes of a slice, and how many slices a chunk is cut into at most: then they become longer. */
const SLICE = 7;
const MOST_SLICES = 32;
/** Milliseconds between two slices: sent at once, they would arrive as one. */
const BETWEEN_SLICES = 1;

/** A wire between the shop and a server that it depends on, which a test can cut, silence, slow down and mend. */
export class TcpProxy {
  private readonly lanes = new Set<Lane>();
  private trouble = CALM;
  private isCut = false;

  private constructor(
    private readonly server: Server,
    private target: URL,
  ) {}

  /** In front of the server at that address. */
  static async to(target: string): Promise<TcpProxy> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    const proxy = new TcpProxy(server, new URL(target));
    server.on('connection', (near) => proxy.join(near));
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

  /** Connections opened from now on lead there: for a server that came back on another port. */
  retarget(target: string): void {
    this.target = new URL(target);
  }

  /** Resets all connections that are open, with what is held back on them; new ones are as good as any. */
  reset(): void {
    for (const { from } of this.lanes) from.resetAndDestroy();
  }

  /** Ends all connections, and each that is opened from now on. */
  cut(): void {
    this.isCut = true;
    for (const { from } of this.lanes) from.destroy();
  }

  /** Keeps all connections open, and new ones too, and lets nothing through: as a stopped server does. */
  silence(direction: Direction | 'both' = 'both'): void {
    this.suffer({ silent: new Set<Direction>(direction === 'both' ? ['toClient', 'toServer'] : [direction]) });
  }

  /** Every byte arrives that many milliseconds later, in its order, both ways. */
  delay(late: number): void {
    this.suffer({ late });
  }

  /** What is sent arrives a few bytes at a time, so that messages come in pieces. */
  slice(): void {
    this.suffer({ isSliced: true });
  }

  /** Ends every trouble. What was held back arrives now, where the connection is still open. */
  mend(): void {
    this.isCut = false;
    this.suffer(CALM);
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private suffer(trouble: Partial<Trouble>): void {
    this.trouble = { ...this.trouble, ...trouble };
    for (const lane of this.lanes) lane.move();
  }

  private join(near: Socket): void {
    if (this.isCut) {
      near.destroy();
      return;
    }
    const { port, hostname } = this.target;
    const far = connect({ port: Number(port), host: hostname, allowHalfOpen: true, noDelay: true });
    this.lead(near, far, 'toServer');
    this.lead(far, near, 'toClient');
  }

  private lead(from: Socket, to: Socket, direction: Direction): void {
    const lane = new Lane(from, to, direction, () => this.trouble);
    this.lanes.add(lane);
    from.on('error', () => undefined);
    from.on('close', (failed) => {
      // Where both sides have said goodbye, what is on its way still arrives.
      if (failed || !from.readableEnded) to.destroy();
    });
    to.on('close', () => this.lanes.delete(lane));
    lane.move();
  }
}

/** Bytes under way, or null for the end of them. */
interface Parcel {
  readonly bytes: Buffer | null;
  /** When it is to be handed over, by the monotonic clock. */
  readonly due: number;
}

/** One direction of a connection. */
class Lane {
  private readonly parcels: Parcel[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    readonly from: Socket,
    private readonly to: Socket,
    private readonly direction: Direction,
    private readonly trouble: () => Trouble,
  ) {
    from.on('data', (chunk: Buffer) => this.take(chunk));
    from.on('end', () => this.take(null));
    to.on('drain', () => this.move());
    to.on('close', () => clearTimeout(this.timer));
  }

  /** Hands over what is due, and reads on unless nothing gets through or the other end is busy. */
  move(): void {
    clearTimeout(this.timer);
    const isSilent = this.trouble().silent.has(this.direction);
    while (!isSilent && this.parcels.length > 0) {
      const wait = this.parcels[0]!.due - performance.now();
      if (wait > 0) {
        this.timer = setTimeout(() => this.move(), wait);
        break;
      }
      this.deliver(this.parcels.shift()!);
    }
    // A direction that is silent does not even hear that the other end hung up.
    if (isSilent || this.to.writableNeedDrain) this.from.pause();
    else this.from.resume();
  }

  private take(chunk: Buffer | null): void {
    const { late, isSliced } = this.trouble();
    let due = Math.max(performance.now() + late, this.parcels.at(-1)?.due ?? 0);
    for (const bytes of chunk && isSliced ? slices(chunk) : [chunk]) {
      this.parcels.push({ bytes, due });
      due += BETWEEN_SLICES;
    }
    this.move();
  }

  private deliver({ bytes }: Parcel): void {
    if (bytes) this.to.write(bytes);
    else this.to.end();
  }
}

function slices(chunk: Buffer): Buffer[] {
  const length = Math.max(SLICE, Math.ceil(chunk.length / MOST_SLICES));
  return Array.from({ length: Math.ceil(chunk.length / length) }, (_, i) =>
    chunk.subarray(i * length, (i + 1) * length),
  );
}
