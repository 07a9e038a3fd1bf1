import { connect, type Socket } from 'node:net';
import { ResponseParser } from './response-parser';

const READ_AT_ONCE = 64 * 1_024;

interface Waiting {
  resolve(answer: ResponseParser): void;
  reject(error: Error): void;
}

/** One keep-alive connection with one request in flight, written by hand to cost as little as it can. */
export class Connection {
  private readonly parser = new ResponseParser();
  private waiting: Waiting | undefined;
  private failure: Error | undefined;

  private constructor(private readonly socket: Socket) {}

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const buffer = Buffer.allocUnsafe(READ_AT_ONCE);
      const socket = connect({
        port,
        host: '127.0.0.1',
        noDelay: true,
        onread: {
          buffer,
          callback: (length) => {
            connection.take(buffer.subarray(0, length));
            return true;
          },
        },
      });
      const connection = new Connection(socket);
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        socket.on('error', (error) => connection.fail(error));
        socket.on('close', () => connection.fail(new Error('the server hung up')));
        resolve(connection);
      });
    });
  }

  static openAll(port: number, count: number): Promise<Connection[]> {
    return Promise.all(Array.from({ length: count }, () => Connection.open(port)));
  }

  /** The bytes of a request; the answer is good until the next one. Its body is kept when that is asked for. */
  send(request: string, keepsBody = false): Promise<ResponseParser> {
    if (this.failure) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.parser.begin(keepsBody);
      this.socket.write(request, 'latin1');
    });
  }

  close(): void {
    this.failure = new Error('closed');
    this.socket.destroy();
  }

  private take(bytes: Buffer): void {
    const { waiting } = this;
    if (!waiting) {
      this.fail(new Error('an answer that nobody asked for'));
      return;
    }
    try {
      if (!this.parser.push(bytes)) return;
    } catch (error) {
      this.fail(error as Error);
      return;
    }
    this.waiting = undefined;
    waiting.resolve(this.parser);
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.socket.destroy();
    this.waiting?.reject(this.failure);
    this.waiting = undefined;
  }
}
