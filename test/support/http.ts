/** What a test sends beside the body. */
interface Options {
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer<T = unknown> {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed when it is JSON; tests say what they expect it to be. */
  readonly body: T;
}

/** Speaks for one caller. */
export class Caller {
  constructor(
    private readonly baseUrl: string,
    private readonly token: () => Promise<string | undefined>,
  ) {}

  get<T>(path: string, options?: Options): Promise<Answer<T>> {
    return this.send('GET', path, undefined, options);
  }

  post<T>(path: string, body?: unknown, options?: Options): Promise<Answer<T>> {
    return this.send('POST', path, body, options);
  }

  patch<T>(path: string, body?: unknown, options?: Options): Promise<Answer<T>> {
    return this.send('PATCH', path, body, options);
  }

  /** A string or bytes go out as they are, anything else as JSON. */
  async send<T>(method: string, path: string, body?: unknown, { key, headers }: Options = {}): Promise<Answer<T>> {
    const token = await this.token();
    const raw = typeof body === 'string' || body instanceof Uint8Array;
    const response = await fetch(this.baseUrl + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(key !== undefined && { 'idempotency-key': key }),
        ...headers,
      },
      ...(body !== undefined && { body: raw ? (body as string | Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  }
}

export interface Client {
  /** Nobody: no token is sent. */
  readonly nobody: Caller;
  /** The holder of a token that `POST /auth/token` gives out; asked for on first use. */
  as(userId: string, roles?: readonly string[]): Caller;
  /** That token itself, for who writes a request byte by byte. */
  tokenOf(userId: string, roles?: readonly string[]): Promise<string>;
}

/** `client(url).as('kim').post('/orders', { lines }, { key: 'k1' })` */
export function client(baseUrl: string): Client {
  const tokens = new Map<string, Promise<string>>();
  const nobody = new Caller(baseUrl, async () => undefined);

  async function tokenFor(userId: string, roles: readonly string[]): Promise<string> {
    const { status, body } = await nobody.post<{ accessToken: string }>('/auth/token', { userId, roles });
    if (status !== 200) throw new Error(`no token for ${userId}: ${JSON.stringify(body)}`);
    return body.accessToken;
  }

  function tokenOf(userId: string, roles: readonly string[] = []): Promise<string> {
    const name = JSON.stringify([userId, roles]);
    const token = tokens.get(name) ?? tokenFor(userId, roles);
    tokens.set(name, token);
    return token;
  }

  return { nobody, as: (userId, roles) => new Caller(baseUrl, () => tokenOf(userId, roles)), tokenOf };
}
