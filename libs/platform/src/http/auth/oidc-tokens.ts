import { createRemoteJWKSet, jwtVerify } from 'jose';
import { STRICT, type VerifiedToken, verified } from './access-token';

/** Verifies the access tokens of an identity provider with the keys that it publishes. */
export class OidcTokens {
  private readonly keys: ReturnType<typeof createRemoteJWKSet>;

  constructor(
    private readonly issuer: string,
    private readonly audience: string,
    jwksUrl: string,
  ) {
    this.keys = createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: 2_000 });
  }

  verify(token: string): Promise<VerifiedToken> {
    const options = { ...STRICT, requiredClaims: [...STRICT.requiredClaims], algorithms: ['RS256', 'ES256'] };
    return verified(jwtVerify(token, this.keys, { ...options, issuer: this.issuer, audience: this.audience }));
  }
}
