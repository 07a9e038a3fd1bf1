import { subtle, type webcrypto } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { STRICT, type VerifiedToken, verified } from './access-token';

const ISSUER = 'jangteo-dev';
const AUDIENCE = 'jangteo';
const ALGORITHM = 'HS256';

/** Makes tokens for anybody who asks, so that a developer needs no identity provider. */
export class DevTokenIssuer {
  static readonly lifetimeSeconds = 24 * 60 * 60;

  /** Made once: from the bytes, the library would make one for each token. */
  private readonly key: Promise<webcrypto.CryptoKey>;

  constructor(secret: Uint8Array) {
    this.key = subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);
  }

  async issue(userId: string, roles: readonly string[]): Promise<string> {
    const issuedAt = Math.floor(Date.now() / 1_000);
    return new SignJWT({ roles })
      .setProtectedHeader({ alg: ALGORITHM, typ: STRICT.typ })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(userId)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + DevTokenIssuer.lifetimeSeconds)
      .sign(await this.key);
  }

  async verify(token: string): Promise<VerifiedToken> {
    const options = { ...STRICT, requiredClaims: [...STRICT.requiredClaims], algorithms: [ALGORITHM] };
    return verified(jwtVerify(token, await this.key, { ...options, issuer: ISSUER, audience: AUDIENCE }));
  }
}
