import { type Env, loadEnv } from '@app/platform';
import { CannotStartException } from './cannot-start.exception';

/**
 * The settings of a shop that serves.
 * @throws InvalidEnvException | CannotStartException for what no start can do
 */
export function loadShopEnv(source: Parameters<typeof loadEnv>[0]): Env {
  const env = loadEnv(source);
  if (env.WORKERS > 1) {
    throw new CannotStartException('WORKERS above 1 is not supported yet: start more instances instead.');
  }
  return env;
}
