import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, type JWTPayload, SignJWT } from 'jose';
import { DependencyUnavailableException } from '../../../libs/platform/src/database/failures';
import { DevTokenIssuer } from '../../../libs/platform/src/http/auth/dev-token-issuer';
import { OidcTokens } from '../../../libs/platform/src/http/auth/oidc-tokens';
import { RememberingTokenVerifier } from '../../../libs/platform/src/http/auth/remembering-token-verifier';
import { UnauthenticatedException } from '../../../libs/platform/src/http/http.exceptions';

const now = Math.floor(Date.now() / 1_000);
const secret = randomBytes(32);
const base64 = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

describe('tokens of our own', () => {
  const issuer = new DevTokenIssuer(secret);
  const good: JWTPayload = { iss: 'jangteo-dev', aud: 'jangteo', sub: 'kim', exp: now + 3_600, roles: [] };
  const signed = (claims: object, header: object = {}, key = secret): Promise<string> =>
    new SignJWT({ ...claims }).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', ...header }).sign(key);

  it('say who is calling', async () => {
    const token = await issuer.issue('kim', ['admin']);

    expect((await issuer.verify(token)).caller).toEqual({ userId: 'kim', roles: ['admin'] });
  });

  it('are good as long as they are made like these', async () => {
    expect((await issuer.verify(await signed(good))).caller.userId).toBe('kim');
  });

  it.each<[string, object, object]>([
    ['expired', { ...good, exp: now - 1 }, {}],
    ['not valid yet', { ...good, nbf: now + 120 }, {}],
    ['without an end', { ...good, exp: undefined }, {}],
    ['without a subject', { ...good, sub: undefined }, {}],
    ['of a subject that is no user id', { ...good, sub: "'); drop table" }, {}],
    ['of a subject too long', { ...good, sub: 'a'.repeat(65) }, {}],
    ['for somebody else', { ...good, aud: 'other' }, {}],
    ['for nobody', { ...good, aud: undefined }, {}],
    ['from somebody else', { ...good, iss: 'other' }, {}],
    ['that is an ID token', good, { typ: 'JWT' }],
    ['without a type', good, { typ: undefined }],
    ['with roles that are no list', { ...good, roles: 'admin' }, {}],
    ['with roles that are no names', { ...good, roles: [1] }, {}],
  ])('are refused when one is %s', async (_, claims, header) => {
    await expect(issuer.verify(await signed(claims, header))).rejects.toThrow(UnauthenticatedException);
  });

  it('are refused when signed with another key, or tampered with', async () => {
    const token = await signed(good);
    const [header, , signature] = token.split('.');

    await expect(issuer.verify(await signed(good, {}, randomBytes(32)))).rejects.toThrow(UnauthenticatedException);
    const forged = `${header}.${base64({ ...good, sub: 'lee' })}.${signature}`;
    await expect(issuer.verify(forged)).rejects.toThrow(UnauthenticatedException);
  });

  it.each(['', 'x', 'a.b', 'a.b.c', 'a.b.c.d'])('are not %p', async (token) => {
    await expect(issuer.verify(token)).rejects.toThrow(UnauthenticatedException);
  });

  it('are refused unsigned, and with another algorithm', async () => {
    const unsigned = `${base64({ alg: 'none', typ: 'at+jwt' })}.${base64(good)}.`;

    await expect(issuer.verify(unsigned)).rejects.toThrow(UnauthenticatedException);
    const hs512 = await new SignJWT(good).setProtectedHeader({ alg: 'HS512', typ: 'at+jwt' }).sign(randomBytes(64));
    await expect(issuer.verify(hs512)).rejects.toThrow(UnauthenticatedException);
  });
});

describe('tokens of an identity provider', () => {
  const issuer = 'https://id.example.com';
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const other = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const good: JWTPayload = { iss: issuer, aud: 'shop', sub: 'kim', exp: now + 3_600, roles: ['admin'] };
  const signed = (claims: object, header: object = {}, key = privateKey): Promise<string> =>
    new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: 'k1', ...header }).sign(key);
  let server: Server;
  let url: string;
  let fetches: number;
  let status: number;

  beforeEach(async () => {
    fetches = 0;
    status = 200;
    const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
    server = createServer((_, response) => {
      fetches++;
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: [jwk] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
  });

  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const verify = (token: string): Promise<unknown> => new OidcTokens(issuer, 'shop', url).verify(token);

  it('say who is calling', async () => {
    expect(await verify(await signed(good))).toMatchObject({ caller: { userId: 'kim', roles: ['admin'] } });
  });

  it('are good for a clock that is half a minute behind', async () => {
    const token = await signed({ ...good, exp: now - 20 });

    expect(await verify(token)).toMatchObject({ caller: { userId: 'kim' } });
  });

  it.each<[string, object, object]>([
    ['expired', { ...good, exp: now - 60 }, {}],
    ['for somebody else', { ...good, aud: 'other' }, {}],
    ['from somebody else', { ...good, iss: 'other' }, {}],
    ['an ID token', good, { typ: 'JWT' }],
    ['of a key nobody knows', good, { kid: 'k2' }],
  ])('are refused when one is %s', async (_, claims, header) => {
    await expect(verify(await signed(claims, header))).rejects.toThrow(UnauthenticatedException);
  });

  it('are refused when another key signed under the same name', async () => {
    await expect(verify(await signed(good, {}, other.privateKey))).rejects.toThrow(UnauthenticatedException);
  });

  it('are refused when they bring their own key', async () => {
    const jwk = await exportJWK(other.publicKey);

    await expect(verify(await signed(good, { jwk }, other.privateKey))).rejects.toThrow(UnauthenticatedException);
  });

  it('are refused when the public key was used as a shared secret', async () => {
    const signing = `${base64({ alg: 'HS256', typ: 'at+jwt', kid: 'k1' })}.${base64(good)}`;
    const pem = await exportSPKI(publicKey);
    const signature = createHmac('sha256', pem).update(signing).digest('base64url');

    await expect(verify(`${signing}.${signature}`)).rejects.toThrow(UnauthenticatedException);
  });

  it('fetch no keys for a name nobody knows while the last fetch is fresh', async () => {
    const tokens = new OidcTokens(issuer, 'shop', url);
    await tokens.verify(await signed(good));

    for (let at = 0; at < 20; at++) {
      const token = await signed(good, { kid: `unknown-${at}` });
      await expect(tokens.verify(token)).rejects.toThrow(UnauthenticatedException);
    }
    expect(fetches).toBe(1);
  });

  it('are neither good nor bad while the keys cannot be fetched', async () => {
    status = 500;
    await expect(verify(await signed(good))).rejects.toThrow(DependencyUnavailableException);

    const closed = new OidcTokens(issuer, 'shop', 'http://127.0.0.1:1/jwks');
    await expect(closed.verify(await signed(good))).rejects.toThrow(DependencyUnavailableException);
  });
});

describe('remembering verified tokens', () => {
  const verifier = (lifetime: number, most = 10): { verified: string[]; tokens: RememberingTokenVerifier } => {
    const verified: string[] = [];
    const tokens = new RememberingTokenVerifier(
      {
        verify: async (token) => {
          verified.push(token);
          if (token === 'bad') throw new UnauthenticatedException(true);
          return { caller: { userId: token, roles: [] }, expiresAt: Date.now() + lifetime };
        },
      },
      { most },
    );
    return { verified, tokens };
  };

  it('asks once for a token that is good for long', async () => {
    const { verified, tokens } = verifier(60_000);

    expect(await tokens.verify('kim')).toEqual(await tokens.verify('kim'));
    expect(verified).toEqual(['kim']);
  });

  it('believes no token for longer than a minute, however often it comes', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
    const { verified, tokens } = verifier(3_600_000);

    for (const seconds of [0, 30, 29, 2]) {
      jest.advanceTimersByTime(seconds * 1_000);
      await tokens.verify('kim');
    }
    jest.useRealTimers();

    expect(verified).toEqual(['kim', 'kim']);
  });

  it('asks again for one that has expired, and always for a bad one', async () => {
    const { verified, tokens } = verifier(-1);

    await tokens.verify('kim');
    await tokens.verify('kim');
    await expect(tokens.verify('bad')).rejects.toThrow(UnauthenticatedException);
    await expect(tokens.verify('bad')).rejects.toThrow(UnauthenticatedException);
    expect(verified).toEqual(['kim', 'kim', 'bad', 'bad']);
  });

  it('forgets the one that was not used for longest', async () => {
    const { verified, tokens } = verifier(60_000, 2);

    for (const token of ['a', 'b', 'a', 'c', 'a', 'b']) await tokens.verify(token);
    expect(verified).toEqual(['a', 'b', 'c', 'b']);
  });
});
