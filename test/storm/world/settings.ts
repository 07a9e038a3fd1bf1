import type { Servers } from './servers';
import type { Wires } from './wires';

/**
 * What an instance under storm is told. Orders expire and rankings are counted often enough for a short storm to see
 * it; nothing is refused for being too much, as it is not load that is tested.
 */
export function settingsOf({ postgres, redis, platform, issuer }: Servers, wires: Wires): Record<string, string> {
  return {
    NODE_ENV: 'test',
    DATABASE_URL: wires.postgres.through(postgres.url),
    // A storm over a database that loses what was acknowledged has to find that in the books.
    ALLOW_UNSAFE_DATABASE: 'true',
    REDIS_URL: wires.redis.through(redis.url),
    AUTH_MODE: 'oidc',
    OIDC_ISSUER: issuer.url,
    OIDC_AUDIENCE: issuer.audience,
    OIDC_JWKS_URL: issuer.jwksUrl,
    DATA_PLATFORM_URL: wires.platform.through(platform.url),
    DATA_PLATFORM_SECRET: platform.secret,
    ORDER_TTL: '20',
    RANKING_CRON: '*/3 * * * * *',
    RATE_LIMIT: 'off',
    LOAD_SHEDDING: 'off',
    LOG_LEVEL: 'warn',
  };
}
