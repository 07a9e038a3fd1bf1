import type { VerifiedToken } from './access-token';
import { type Caller, TokenVerifier } from './token-verifier';

interface Limits {
  /**
   * Milliseconds. A key that was rotated away or a user who was shut out is believed no longer than this, however far
   * off the token's own end is.
   */
  readonly believedFor?: number;
  /** Tokens. */
  readonly most?: number;
}

/**
 * Verifies a token once and then believes it for some time, at most until it expires: a caller sends the same one with
 * every request. The least recently used is forgotten first.
 */
export class RememberingTokenVerifier extends TokenVerifier {
  private readonly known = new Map<string, VerifiedToken>();
  private readonly believedFor: number;
  private readonly most: number;

  constructor(
    private readonly tokens: { verify(token: string): Promise<VerifiedToken> },
    { believedFor = 60_000, most = 50_000 }: Limits = {},
  ) {
    super();
    this.believedFor = believedFor;
    this.most = most;
  }

  verify(token: string): Caller | Promise<Caller> {
    const known = this.known.get(token);
    this.known.delete(token);
    if (known === undefined || known.expiresAt <= Date.now()) return this.verifyNow(token);
    this.known.set(token, known);
    return known.caller;
  }

  private async verifyNow(token: string): Promise<Caller> {
    const { caller, expiresAt } = await this.tokens.verify(token);
    this.remember(token, { caller, expiresAt: Math.min(expiresAt, Date.now() + this.believedFor) });
    return caller;
  }

  private remember(token: string, verified: VerifiedToken): void {
    this.known.set(token, verified);
    const [oldest] = this.known.keys();
    if (this.known.size > this.most && oldest !== undefined) this.known.delete(oldest);
  }
}
