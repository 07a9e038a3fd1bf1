import { Requests } from '../../bench/load/requests';

function keyOf(request: string): string | undefined {
  return /\r\nidempotency-key: (.*)\r\n/.exec(request)?.[1];
}

describe('the bytes of a request', () => {
  it('have what HTTP wants, and the length of the body', () => {
    const [head, body] = new Requests(false).post('/orders', 'token', '{"a":1}').split('\r\n\r\n');

    expect(head?.split('\r\n')).toEqual([
      'POST /orders HTTP/1.1',
      'host: 127.0.0.1',
      'authorization: Bearer token',
      expect.stringMatching(/^idempotency-key: \S+$/),
      'content-type: application/json',
      'content-length: 7',
    ]);
    expect(body).toBe('{"a":1}');
  });

  it('have a key that no other has, whoever made them', () => {
    const makers = [new Requests(false), new Requests(false), new Requests(true)];

    const keys = makers.flatMap((maker) => [maker.post('/orders', 'a', '{}'), maker.post('/orders', 'b')].map(keyOf));

    expect(new Set(keys).size).toBe(6);
  });

  it('differ for the constant answer in the path alone', () => {
    expect(new Requests(true).get('/products', 'token')).toBe(
      new Requests(false).get('/products', 'token').replace('/products', '/constant'),
    );
  });
});
