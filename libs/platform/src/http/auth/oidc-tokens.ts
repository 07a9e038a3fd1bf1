import { createRemoteJWKSet, jwtVerify } from 'jose';
import { STRICT, type VerifiedToken, verified } from './access-token';

/** Milliseconds that the issuer has for its keys. */
const TIMEOUT = 2_000;
/** Milliseconds after which the keys are fetched again, and after which that is tried again when it fails. */
const FRESH = 600_000;
const RETRY = 30_000;
/** Seconds by which the provider's clock and ours may differ. */
const CLOCK_TOLERANCE = 30;

/**
 * Verifies the access tokens of an identity provider with the keys that it publishes. Keys that are known serve while
 * new ones are fetched, and for as long as the provider is away; those that it has withdrawn serve no longer than it
 * takes to hear of it.
 */
export class OidcTokens {
  private readonly keys: ReturnType<typeof createRemoteJWKSet>;
  private refreshAt: number | undefined;

  constructor(
    private readonly issuer: string,
    private readonly audience: string,
    jwksUrl: string,
    private readonly now: () => number = () => performance.now(),
  ) {
    // Without an age of its own: then a provider that is away would take the keys with it.
    this.keys = createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: TIMEOUT, cacheMaxAge: Infinity });
  }

  async verify(token: string): Promise<VerifiedToken> {
    this.refreshWhenOld();
    const { issuer, audience } = this;
    const options = { ...STRICT, requiredClaims: [...STRICT.requiredClaims], algorithms: ['RS256', 'ES256'] };
    return verified(jwtVerify(token, this.keys, { ...options, issuer, audience, clockTolerance: CLOCK_TOLERANCE }));
  }

  /** Nobody waits for it: what is known is good enough for this token. */
  private refreshWhenOld(): void {
    if (this.keys.jwks() === undefined) return;
    this.refreshAt ??= this.now() + FRESH;
    if (this.now() < this.refreshAt) return;
    this.refreshAt = this.now() + RETRY;
    this.keys.reload().then(
      () => {
        this.refreshAt = this.now() + FRESH;
      },
      () => undefined,
    );
  }
}
