import { ResponseParser } from '../../bench/load/response-parser';

const BODY = '{"id":"one"}';
const CREATED = `HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`;

function parsed(text: string, keepsBody = false): ResponseParser {
  const parser = new ResponseParser();
  parser.begin(keepsBody);
  expect(parser.push(Buffer.from(text))).toBe(true);
  return parser;
}

describe('the parser of answers', () => {
  it('reads status and length, and skips the body', () => {
    const { status, length, body } = parsed(CREATED);

    expect({ status, length, body }).toEqual({ status: 201, length: BODY.length, body: '' });
  });

  it('keeps the body when that is asked for', () => {
    expect(parsed(CREATED, true).body).toBe(BODY);
  });

  it('keeps the body of a refusal, so that it can be told', () => {
    expect(parsed('HTTP/1.1 503 Busy\r\ncontent-length: 4\r\n\r\nbusy').body).toBe('busy');
  });

  it.each(Array.from({ length: CREATED.length - 1 }, (_, i) => i + 1))(
    'is not put off by a cut after %i bytes',
    (cut) => {
      const parser = new ResponseParser();
      parser.begin(true);
      const wire = Buffer.from(CREATED);
      const shared = Buffer.alloc(CREATED.length);
      const arrives = (bytes: Buffer): boolean => {
        bytes.copy(shared);
        const isComplete = parser.push(shared.subarray(0, bytes.length));
        // What arrives next is written over what has arrived.
        shared.fill('#');
        return isComplete;
      };

      expect([arrives(wire.subarray(0, cut)), arrives(wire.subarray(cut))]).toEqual([false, true]);
      expect([parser.status, parser.body]).toEqual([201, BODY]);
    },
  );

  it('reads the next answer after the last one', () => {
    const parser = parsed(CREATED, true);
    parser.begin(false);

    expect(parser.push(Buffer.from('HTTP/1.1 204 No Content\r\n\r\n'))).toBe(true);
    expect([parser.status, parser.length, parser.body]).toEqual([204, 0, '']);
  });

  it.each([
    ['a chunked answer', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbusy\r\n0\r\n\r\n', /chunked/],
    ['an answer without a length', 'HTTP/1.1 200 OK\r\n\r\n', /length/],
    ['another protocol', 'SSH-2.0-OpenSSH\r\n\r\n', /no HTTP/],
    ['more bytes than were announced', `${CREATED}!`, /more bytes/],
  ])('refuses %s loudly', (_, wire, complaint) => {
    const parser = new ResponseParser();
    parser.begin(false);

    expect(() => parser.push(Buffer.from(wire))).toThrow(complaint);
  });
});
