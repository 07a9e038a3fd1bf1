import type { VerifiedToken } from './access-token';
import { type Caller, TokenVerifier } from './token-verifier';

/**
 * Milliseconds. A key that was rotated away or a user who was shut out is believed no longer than this, however far off
 * the token's own end is.
 */
const BELIEVED_FOR = 60_000;

/**
 * Verifies a token once and then believes it for a minute, or until it expires: a caller sends the same one with every
 * request. The least recently used is forgotten first.
 */
export class RememberingTokenVerifier extends TokenVerifier {
  private readonly known = new Map<string, VerifiedToken>();

  constructor(
    private readonly tokens: { verify(token: string): Promise<VerifiedToken> },
    private readonly most = 10_000,
  ) {
    super();
  }

  async verify(token: string): Promise<Caller> {
    const known = this.known.get(token);
    this.known.delete(token);
    const verified = known !== undefined && known.expiresAt > Date.now() ? known : await this.verifyNow(token);
    this.remember(token, verified);
    return verified.caller;
  }

  private async verifyNow(token: string): Promise<VerifiedToken> {
    const { caller, expiresAt } = await this.tokens.verify(token);
    return { caller, expiresAt: Math.min(expiresAt, Date.now() + BELIEVED_FOR) };
  }

  private remember(token: string, verified: VerifiedToken): void {
    this.known.set(token, verified);
    const [oldest] = this.known.keys();
    if (this.known.size > this.most && oldest !== undefined) this.known.delete(oldest);
  }
}
