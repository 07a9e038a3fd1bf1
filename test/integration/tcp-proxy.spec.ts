import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../support/eventually';
import { TcpProxy } from '../support/tcp-proxy';

/** Long enough for bytes on one machine to have arrived, if they were to arrive. */
const A_WHILE = 100;

interface Echo {
  readonly server: Server;
  readonly url: string;
  /** What has arrived at the server, over all connections. */
  heard: string;
}

/** Says back whatever it hears, with its name before it. */
async function echo(name = ''): Promise<Echo> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      started.heard += bytes;
      socket.write(name + bytes);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const started: Echo = { server, url: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`, heard: '' };
  return started;
}

/** A client that keeps what it was told. */
class Talker {
  readonly chunks: Buffer[] = [];
  /** How the connection ended: an error code, or `closed`. */
  end: string | undefined;

  private constructor(private readonly socket: Socket) {
    socket.on('data', (bytes) => this.chunks.push(bytes));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.end = error.code ?? error.message;
    });
    socket.on('close', () => {
      this.end ??= 'closed';
    });
  }

  static async to(url: string): Promise<Talker> {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await once(socket, 'connect');
    return new Talker(socket);
  }

  get told(): string {
    return Buffer.concat(this.chunks).toString();
  }

  say(text: string): void {
    this.socket.write(text);
  }

  hangUp(): void {
    this.socket.destroy();
  }
}

let server: Echo;
let wire: TcpProxy;
const talkers: Talker[] = [];

async function talker(): Promise<Talker> {
  const made = await Talker.to(wire.through(server.url));
  talkers.push(made);
  return made;
}

/** One whose connection has been used, so that it is open all the way to the server. */
async function connectedTalker(): Promise<Talker> {
  const made = await talker();
  made.say('hello ');
  await eventually(() => made.told === 'hello ');
  return made;
}

beforeEach(async () => {
  server = await echo();
  wire = await TcpProxy.to(server.url);
});

afterEach(async () => {
  for (const made of talkers.splice(0)) made.hangUp();
  await wire?.close();
  await new Promise((resolve) => server?.server.close(resolve));
});

describe('a wire', () => {
  it('carries everything both ways, and the end of it', async () => {
    const big = 'x'.repeat(3_000_000);
    const one = await talker();

    one.say(big);

    await eventually(() => one.told.length === big.length);
    expect(one.told).toBe(big);
    one.hangUp();
    await eventually(() => one.end !== undefined);
  });

  it('that is reset ends what is open with an error and takes new connections', async () => {
    const one = await connectedTalker();

    wire.reset();

    await eventually(() => one.end !== undefined);
    expect(one.end).toBe('ECONNRESET');
    await connectedTalker();
  });

  it('that is cut ends every connection until it is mended', async () => {
    const one = await connectedTalker();

    wire.cut();

    const two = await talker();
    await eventually(() => one.end !== undefined && two.end !== undefined);
    wire.mend();
    await connectedTalker();
  });

  it('that is silent keeps connections open, and what was said arrives late', async () => {
    const one = await connectedTalker();

    wire.silence();
    const two = await talker();
    one.say('one');
    two.say('two');
    await pause(A_WHILE);

    expect([server.heard, one.end, two.end]).toEqual(['hello ', undefined, undefined]);
    wire.mend();
    await eventually(() => one.told === 'hello one' && two.told === 'two');
  });

  it('that is silent to the client loses the answer and not the request', async () => {
    const one = await connectedTalker();

    wire.silence('toClient');
    one.say('one');
    await eventually(() => server.heard === 'hello one');
    await pause(A_WHILE);

    expect(one.told).toBe('hello ');
    wire.mend();
    await eventually(() => one.told === 'hello one');
  });

  it('that is silent to the server loses the request', async () => {
    const one = await connectedTalker();

    wire.silence('toServer');
    one.say('one');
    await pause(A_WHILE);

    expect(server.heard).toBe('hello ');
    wire.mend();
    await eventually(() => one.told === 'hello one');
  });

  it('that is reset while it is silent drops what it held back', async () => {
    const one = await connectedTalker();

    wire.silence();
    one.say('one');
    await pause(A_WHILE);
    wire.reset();
    wire.mend();

    await eventually(() => one.end !== undefined);
    await connectedTalker();
    expect(server.heard).toBe('hello hello ');
  });

  it('that is slow delivers everything later, in its order', async () => {
    const one = await connectedTalker();

    wire.delay(100);
    const began = performance.now();
    for (const word of 'abcdefghijklmnopqrst') {
      one.say(word);
      await pause(5);
    }

    await eventually(() => one.told === 'hello abcdefghijklmnopqrst');
    const took = performance.now() - began;
    // There and back; twenty words that waited for each other would take two seconds and more.
    expect(took).toBeGreaterThanOrEqual(199);
    expect(took).toBeLessThan(1_500);
  });

  it('that slices delivers everything in small pieces', async () => {
    const one = await connectedTalker();
    const text = 'abcdefghij'.repeat(10);

    wire.slice();
    one.say(text);

    await eventually(() => one.told === `hello ${text}`);
    expect(one.chunks.length).toBeGreaterThan(5);
  });

  it('leads new connections to the server that it is told of', async () => {
    const one = await connectedTalker();
    const other = await echo('other: ');
    try {
      wire.retarget(other.url);
      const two = await talker();
      two.say('hi');
      one.say('hi');

      await eventually(() => two.told === 'other: hi' && one.told === 'hello hi');
      two.hangUp();
    } finally {
      await new Promise((resolve) => other.server.close(resolve));
    }
  });

  it('hangs up on the client when the server is not there', async () => {
    const gone = await echo();
    await new Promise((resolve) => gone.server.close(resolve));
    wire.retarget(gone.url);

    const one = await talker();

    await eventually(() => one.end !== undefined);
  });
});
