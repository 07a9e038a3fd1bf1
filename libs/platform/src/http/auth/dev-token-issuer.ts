import { createSecretKey, type KeyObject } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { STRICT, type VerifiedToken, verified } from './access-token';

const ISSUER = 'jangteo-dev';
const AUDIENCE = 'jangteo';
const ALGORITHM = 'HS256';

/** Makes tokens for anybody who asks, so that a developer needs no identity provider. */
export class DevTokenIssuer {
  static readonly lifetimeSeconds = 24 * 60 * 60;

  /** As a key, which need not be made of the bytes for each token. */
  private readonly key: KeyObject;

  constructor(secret: Uint8Array) {
    this.key = createSecretKey(secret);
  }

  issue(userId: string, roles: readonly string[]): Promise<string> {
    const issuedAt = Math.floor(Date.now() / 1_000);
    return new SignJWT({ roles })
      .setProtectedHeader({ alg: ALGORITHM, typ: STRICT.typ })
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject(userId)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + DevTokenIssuer.lifetimeSeconds)
      .sign(this.key);
  }

  verify(token: string): Promise<VerifiedToken> {
    const options = { ...STRICT, requiredClaims: [...STRICT.requiredClaims], algorithms: [ALGORITHM] };
    return verified(jwtVerify(token, this.key, { ...options, issuer: ISSUER, audience: AUDIENCE }));
  }
}
