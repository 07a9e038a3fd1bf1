const END_OF_HEAD = '\r\n\r\n';
const STATUS_LINE = /^HTTP\/1\.1 (\d{3})/;
const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i;
const CHUNKED = /\r\ntransfer-encoding:/i;

/**
 * Reads one HTTP answer after the other from a connection that has one request in flight. It knows no more than the
 * load generator needs, and says loudly what it does not know: it must cost little beside what it measures.
 */
export class ResponseParser {
  status = 0;
  /** Bytes of the body. */
  length = 0;
  private left = -1;
  private head: Buffer | undefined;
  private parts: Buffer[] = [];
  private keepsBody = false;

  /** The text of the body, where it was kept. */
  get body(): string {
    return Buffer.concat(this.parts).toString();
  }

  /** For the next answer. A body that is not kept is skipped; that of a refusal is always kept. */
  begin(keepsBody: boolean): void {
    this.left = -1;
    this.head = undefined;
    this.keepsBody = keepsBody;
    this.parts = [];
  }

  /**
   * Takes what has arrived; the bytes may be overwritten afterwards. Tells whether the answer is complete.
   * @throws Error for what is no answer of known length, and for bytes that nobody asked for
   */
  push(chunk: Buffer): boolean {
    if (this.left >= 0) return this.take(chunk);
    const data = this.head ? Buffer.concat([this.head, chunk]) : chunk;
    const end = data.indexOf(END_OF_HEAD);
    if (end < 0) {
      this.head = Buffer.from(data);
      return false;
    }
    this.readHead(data.toString('latin1', 0, end));
    return this.take(data.subarray(end + END_OF_HEAD.length));
  }

  private readHead(head: string): void {
    const status = STATUS_LINE.exec(head)?.[1];
    if (status === undefined) throw new Error(`no HTTP/1.1 answer: ${head.slice(0, 80)}`);
    this.status = Number(status);
    if (CHUNKED.test(head)) throw new Error('the answer is chunked, and only those of known length are measured');
    const length = CONTENT_LENGTH.exec(head)?.[1];
    if (length === undefined && this.status !== 204) throw new Error('the answer does not say its length');
    this.length = Number(length ?? 0);
    this.left = this.length;
    this.keepsBody ||= this.status >= 300;
  }

  private take(bytes: Buffer): boolean {
    if (bytes.length > this.left) throw new Error('more bytes than the answer has');
    this.left -= bytes.length;
    if (this.keepsBody && bytes.length > 0) this.parts.push(Buffer.from(bytes));
    return this.left === 0;
  }
}
