/** Where the server with the constant answer answers everything. */
export const CONSTANT_PATH = '/constant';

/** Distinguishes the keys of this process from those of another that has the same databases. */
const RUN = `${process.pid.toString(36)}-${Date.now().toString(36)}`;
/** Of all that this process has made: a key that comes again is answered from memory, and measures nothing. */
let keys = 0;

/** Makes the bytes of requests. Those for the constant answer differ in nothing but the path. */
export class Requests {
  constructor(private readonly isConstant: boolean) {}

  get(path: string, token?: string): string {
    return `${this.line('GET', path, token)}\r\n`;
  }

  /** With a fresh idempotency key; without a body where there is none to send. */
  post(path: string, token: string, body?: string): string {
    const line = this.line('POST', path, token);
    const key = `idempotency-key: ${RUN}-${keys++}\r\n`;
    if (body === undefined) return `${line}${key}content-length: 0\r\n\r\n`;
    return `${line}${key}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  }

  private line(method: string, path: string, token?: string): string {
    const authorization = token === undefined ? '' : `authorization: Bearer ${token}\r\n`;
    return `${method} ${this.isConstant ? CONSTANT_PATH : path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${authorization}`;
  }
}
