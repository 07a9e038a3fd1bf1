import { InvalidEnvException, loadEnv } from '../../../libs/platform/src/config/env';

const enough = { DATABASE_URL: 'postgres://shop:hush@localhost/shop', REDIS_URL: 'redis://localhost:6379' };

const reasonsOf = (source: Record<string, string | undefined>): string => {
  try {
    loadEnv(source);
  } catch (error) {
    if (error instanceof InvalidEnvException) return error.message;
    throw error;
  }
  return 'nothing is wrong';
};

describe('reading the environment', () => {
  it('fills in everything that has a default', () => {
    expect(loadEnv(enough)).toMatchObject({
      ...enough,
      PORT: 3_000,
      HOST: '127.0.0.1',
      DATA_DIR: '.data',
      AUTH_MODE: 'dev',
      ORDER_TTL: 900,
      RANKING_CRON: '*/5 * * * *',
      RATE_LIMIT: 'on',
      LOAD_SHEDDING: 'on',
      ALLOW_UNSAFE_DATABASE: 'false',
      WORKERS: 1,
      LANE_MAX_BATCH: 256,
      LOG_LEVEL: 'info',
    });
  });

  it('reads numbers, and an empty variable as absent', () => {
    expect(loadEnv({ ...enough, PORT: '8080', ORDER_TTL: '', JWT_SECRET: '' })).toMatchObject({
      PORT: 8_080,
      ORDER_TTL: 900,
    });
  });

  it('cannot be changed afterwards', () => {
    expect(Object.isFrozen(loadEnv(enough))).toBe(true);
  });

  it('names every setting that is wrong in one error, and no value', () => {
    const message = reasonsOf({ REDIS_URL: 'http://:hunter2@cache', PORT: '99999', JWT_SECRET: 'short-hunter2' });

    expect(message.split('\n').slice(1)).toEqual([
      expect.stringMatching(/^ {2}PORT +expected an integer from 0 to 65535, e\.g\. 3000$/),
      expect.stringMatching(/^ {2}DATABASE_URL +missing: expected a postgres:\/\/ or postgresql:\/\/ URL/),
      expect.stringMatching(/^ {2}REDIS_URL +expected a redis:\/\/ or rediss:\/\/ URL.*memory:$/),
      expect.stringMatching(/^ {2}JWT_SECRET +expected at least 32 characters$/),
    ]);
    expect(message).not.toContain('hunter2');
  });

  it.each([
    ['PORT', '80a'],
    ['PORT', '1e3'],
    ['PORT', '-1'],
    ['DATABASE_URL', 'mysql://localhost/shop'],
    ['AUTH_MODE', 'none'],
    ['DATA_PLATFORM_URL', 'ftp://example.com'],
    ['DATA_PLATFORM_URL', 'https://kim:secret@example.com'],
    ['OIDC_JWKS_URL', 'https://kim@id.example.com/jwks'],
    ['DATA_PLATFORM_SECRET', 'whsec_c2hvcnQ='],
    ['ORDER_TTL', '0'],
    ['RANKING_CRON', 'every minute'],
    ['RATE_LIMIT', 'maybe'],
    ['LOAD_SHEDDING', 'maybe'],
    ['ALLOW_UNSAFE_DATABASE', 'yes'],
    ['WORKERS', '65'],
    ['LANE_MAX_BATCH', '4097'],
    ['LOG_LEVEL', 'loud'],
    ['ALLOW_DEV_TOKENS', 'yes'],
  ])('refuses %s = %s', (name, value) => {
    expect(reasonsOf({ ...enough, [name]: value })).toMatch(new RegExp(`^ {2}${name} +expected`, 'm'));
  });

  it('takes memory: for a Redis that lives in the process', () => {
    expect(loadEnv({ ...enough, REDIS_URL: 'memory:' }).REDIS_URL).toBe('memory:');
  });

  it('wants all of OIDC with AUTH_MODE=oidc', () => {
    const message = reasonsOf({ ...enough, AUTH_MODE: 'oidc', OIDC_ISSUER: 'https://id.example.com' });

    expect(message).toMatch(/OIDC_AUDIENCE +missing/);
    expect(message).toMatch(/OIDC_JWKS_URL +missing/);
    expect(message).not.toContain('OIDC_ISSUER');
  });

  it('wants a secret for a data platform', () => {
    const url = { ...enough, DATA_PLATFORM_URL: 'https://data.example.com/orders' };
    const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

    expect(reasonsOf(url)).toMatch(/DATA_PLATFORM_SECRET +missing/);
    expect(loadEnv({ ...url, DATA_PLATFORM_SECRET: secret }).DATA_PLATFORM_SECRET).toBe(secret);
  });

  it('hands out no dev tokens in production unless that is said aloud', () => {
    const production = { ...enough, NODE_ENV: 'production' };

    expect(reasonsOf(production)).toMatch(/AUTH_MODE +expected oidc/);
    expect(loadEnv({ ...production, ALLOW_DEV_TOKENS: 'true' }).AUTH_MODE).toBe('dev');
  });

  it('takes no unsafe database in production, however loud it is said', () => {
    const unsafe = { ...enough, ALLOW_UNSAFE_DATABASE: 'true' };

    expect(loadEnv(unsafe).ALLOW_UNSAFE_DATABASE).toBe('true');
    expect(reasonsOf({ ...unsafe, NODE_ENV: 'production', ALLOW_DEV_TOKENS: 'true' })).toMatch(
      /ALLOW_UNSAFE_DATABASE +expected false in production/,
    );
  });
});
