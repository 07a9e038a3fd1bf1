import { plainToInstance, Transform } from 'class-transformer';
import { ValidateBy, ValidateIf, validateSync } from 'class-validator';
import {
  cronExpression,
  httpUrl,
  integer,
  oneOf,
  type Rule,
  redisUrl,
  secretText,
  text,
  url,
  webhookSecret,
} from './rules';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Not `undefined`, which would count as absent. */
const UNREADABLE = null;

/** One setting: `rule` reads the text of the environment and says, when it cannot, what would have been right. */
function Setting(rule: Rule): PropertyDecorator {
  const read = Transform(({ value }) => (typeof value === 'string' ? (rule.read(value) ?? UNREADABLE) : value));
  const check = ValidateBy(
    { name: 'setting', validator: { validate: (value) => value !== undefined && value !== UNREADABLE } },
    { message: rule.expected },
  );
  return (target, property) => {
    read(target, property as string);
    check(target, property);
  };
}

/** Asks for the setting only when it is there or when `required` says that it must be. */
function When(required: (env: Env) => boolean): PropertyDecorator {
  return (target, property) =>
    ValidateIf((env: Env, value: unknown) => value !== undefined || required(env))(target, property);
}

const never = (): boolean => false;
const withOidc = (env: Env): boolean => env.AUTH_MODE === 'oidc';

/**
 * Everything that is decided outside of the code, read once at start. A property has the name of its environment
 * variable; an empty variable counts as absent.
 */
export class Env {
  @Setting(text)
  readonly NODE_ENV: string = 'development';

  @Setting(integer(0, 65_535, 3_000))
  readonly PORT: number = 3_000;

  /** Loopback unless said otherwise: only a container wants 0.0.0.0. */
  @Setting(text)
  readonly HOST: string = '127.0.0.1';

  @Setting(text)
  readonly DATA_DIR: string = '.data';

  @Setting(url(['postgres:', 'postgresql:'], 'postgres://user@localhost:5432/shop'))
  readonly DATABASE_URL!: string;

  /** Serves also on a database that may lose what it has acknowledged: for throwaway databases of tests. */
  @Setting(oneOf(['true', 'false']))
  readonly ALLOW_UNSAFE_DATABASE: 'true' | 'false' = 'false';

  /** `memory:` keeps in the process what would be in Redis: one instance only. */
  @Setting(redisUrl)
  readonly REDIS_URL!: string;

  @Setting(oneOf(['dev', 'oidc']))
  readonly AUTH_MODE: 'dev' | 'oidc' = 'dev';

  @Setting(oneOf(['true', 'false']))
  readonly ALLOW_DEV_TOKENS: 'true' | 'false' = 'false';

  @When(never)
  @Setting(secretText(32))
  readonly JWT_SECRET?: string;

  @When(withOidc)
  @Setting(text)
  readonly OIDC_ISSUER?: string;

  @When(withOidc)
  @Setting(text)
  readonly OIDC_AUDIENCE?: string;

  @When(withOidc)
  @Setting(httpUrl)
  readonly OIDC_JWKS_URL?: string;

  @When(never)
  @Setting(httpUrl)
  readonly DATA_PLATFORM_URL?: string;

  @When((env) => env.DATA_PLATFORM_URL !== undefined)
  @Setting(webhookSecret)
  readonly DATA_PLATFORM_SECRET?: string;

  /** Seconds in which a placed order can be paid. */
  @Setting(integer(1, 86_400, 900))
  readonly ORDER_TTL: number = 900;

  @Setting(cronExpression)
  readonly RANKING_CRON: string = '*/5 * * * *';

  @Setting(oneOf(['on', 'off']))
  readonly RATE_LIMIT: 'on' | 'off' = 'on';

  @Setting(oneOf(['on', 'off']))
  readonly LOAD_SHEDDING: 'on' | 'off' = 'on';

  @Setting(integer(1, 64, 1))
  readonly WORKERS: number = 1;

  @Setting(integer(1, 4_096, 256))
  readonly LANE_MAX_BATCH: number = 256;

  @Setting(oneOf(LOG_LEVELS))
  readonly LOG_LEVEL: (typeof LOG_LEVELS)[number] = 'info';
}

/** Says all that is wrong at once and never what was set, for a setting may be a secret. */
export class InvalidEnvException extends Error {
  constructor(readonly wrong: readonly (readonly [name: string, reason: string])[]) {
    const width = Math.max(...wrong.map(([name]) => name.length));
    const lines = wrong.map(([name, reason]) => `  ${name.padEnd(width)}  ${reason}`);
    super(['The environment is not right:', ...lines].join('\n'));
    this.name = 'InvalidEnvException';
  }
}

/** @throws InvalidEnvException listing every setting that is missing or malformed */
export function loadEnv(source: Readonly<Record<string, string | undefined>>): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''));
  const env = plainToInstance(Env, given);

  const wrong = validateSync(env).map(({ property, constraints }): readonly [string, string] => [
    property,
    `${property in given ? 'expected' : 'missing: expected'} ${constraints?.setting}`,
  ]);
  if (env.AUTH_MODE === 'dev' && env.NODE_ENV === 'production' && env.ALLOW_DEV_TOKENS !== 'true') {
    wrong.push([
      'AUTH_MODE',
      'expected oidc in production, where anybody could make a dev token (or ALLOW_DEV_TOKENS=true)',
    ]);
  }
  if (env.NODE_ENV === 'production' && env.ALLOW_UNSAFE_DATABASE === 'true') {
    wrong.push([
      'ALLOW_UNSAFE_DATABASE',
      'expected false in production, where nothing that was acknowledged may be lost',
    ]);
  }

  if (wrong.length > 0) throw new InvalidEnvException(wrong);
  return Object.freeze(env);
}
