import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { freePort } from '../../../apps/local/src/ports';

const ALGORITHM = 'ES256';
const AUDIENCE = 'jangteo';
const CLIENT = 'storm';
/** Published before their turn, so that whoever has read the keys knows the next ones too. */
const AHEAD = 3;

interface Key {
  readonly id: string;
  readonly private: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
  readonly public: JWK;
}

/** An identity provider: publishes keys and gives out access tokens as RFC 9068 has them. */
export class StormIssuer {
  readonly audience = AUDIENCE;
  private server: Server | undefined;
  private readonly tokens = new Map<string, Promise<string>>();

  private constructor(
    private readonly port: number,
    /** The previous one, the one that signs, and the next ones. */
    private keys: readonly (Key | undefined)[],
  ) {}

  static async start(): Promise<StormIssuer> {
    const keys = await Promise.all(Array.from({ length: 1 + AHEAD }, newKey));
    const issuer = new StormIssuer(await freePort(), [undefined, ...keys]);
    await issuer.comeBack();
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get jwksUrl(): string {
    return `${this.url}/jwks`;
  }

  /** Valid for a day; the same until the keys are rotated. Works while the issuer is down. */
  tokenOf(userId: string, roles: readonly string[] = []): Promise<string> {
    const name = JSON.stringify([userId, roles]);
    const token = this.tokens.get(name) ?? this.sign(userId, roles);
    this.tokens.set(name, token);
    return token;
  }

  /** Signs with the next key from now on. Tokens of the previous one stay good. */
  async rotate(): Promise<void> {
    const key = await newKey();
    this.keys = [...this.keys.slice(1), key];
    this.tokens.clear();
  }

  /** Stops listening and hangs up on everybody. */
  async goDown(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (!server) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  /** On the same port; nothing happens when it is there. */
  async comeBack(): Promise<void> {
    if (this.server) return;
    this.server = createServer((_request, response) => {
      const keys = this.keys.flatMap((key) => key?.public ?? []);
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys }));
    });
    await once(this.server.listen(this.port, '127.0.0.1'), 'listening');
  }

  close(): Promise<void> {
    return this.goDown();
  }

  private sign(userId: string, roles: readonly string[]): Promise<string> {
    const key = this.keys[1]!;
    return new SignJWT({ client_id: CLIENT, roles })
      .setProtectedHeader({ alg: ALGORITHM, typ: 'at+jwt', kid: key.id })
      .setIssuer(this.url)
      .setAudience(AUDIENCE)
      .setSubject(userId)
      .setIssuedAt()
      .setExpirationTime('24h')
      .setJti(randomUUID())
      .sign(key.private);
  }
}

async function newKey(): Promise<Key> {
  const id = randomUUID();
  const pair = await generateKeyPair(ALGORITHM);
  return {
    id,
    private: pair.privateKey,
    public: { ...(await exportJWK(pair.publicKey)), kid: id, alg: ALGORITHM, use: 'sig' },
  };
}
