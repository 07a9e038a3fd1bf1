import type { Provider } from '@nestjs/common';
import type { Env } from '../../config/env';
import { devSecret } from './dev-secret';
import { DevTokenIssuer } from './dev-token-issuer';
import { OidcTokens } from './oidc-tokens';
import { RememberingTokenVerifier } from './remembering-token-verifier';
import { TokenVerifier } from './token-verifier';

/** Makes development tokens that are good for every shop with these settings. */
export function devTokenIssuer({ JWT_SECRET, DATA_DIR }: Pick<Env, 'JWT_SECRET' | 'DATA_DIR'>): DevTokenIssuer {
  return new DevTokenIssuer(JWT_SECRET === undefined ? devSecret(DATA_DIR) : Buffer.from(JWT_SECRET));
}

/** Tokens of our own making in development, those of an identity provider otherwise; never both. */
export function authProviders(env: Env): Provider[] {
  if (env.AUTH_MODE === 'dev') {
    const issuer = devTokenIssuer(env);
    return [
      { provide: DevTokenIssuer, useValue: issuer },
      // Its one key never changes while the process lives: what it has signed is good until it expires.
      { provide: TokenVerifier, useValue: new RememberingTokenVerifier(issuer, { believedFor: Infinity }) },
    ];
  }
  const { OIDC_ISSUER = '', OIDC_AUDIENCE = '', OIDC_JWKS_URL = '' } = env;
  const tokens = new OidcTokens(OIDC_ISSUER, OIDC_AUDIENCE, OIDC_JWKS_URL);
  return [{ provide: TokenVerifier, useValue: new RememberingTokenVerifier(tokens) }];
}
