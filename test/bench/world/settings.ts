import { TOKEN_SECRET } from '../stage';

/** What the shops are told beside where their servers are. Said in the report: it is not the default. */
export const SETTINGS = {
  NODE_ENV: 'production',
  AUTH_MODE: 'dev',
  ALLOW_DEV_TOKENS: 'true',
  // A few callers stand for many.
  RATE_LIMIT: 'off',
  LOG_LEVEL: 'warn',
  // Orders that were prepared have to wait for their measure.
  ORDER_TTL: '86400',
} as const;

export interface Addresses {
  readonly port: number;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly dataPlatformUrl: string;
  /** Where it may keep files. */
  readonly dir: string;
}

export function settingsOf(
  { port, databaseUrl, redisUrl, dataPlatformUrl, dir }: Addresses,
  more: Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    ...SETTINGS,
    JWT_SECRET: TOKEN_SECRET,
    HOST: '127.0.0.1',
    PORT: String(port),
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    DATA_PLATFORM_URL: dataPlatformUrl,
    DATA_PLATFORM_SECRET: `whsec_${Buffer.from(TOKEN_SECRET).toString('base64')}`,
    DATA_DIR: dir,
    ...more,
  };
}
