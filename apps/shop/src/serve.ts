import type { Env } from '@app/platform';
import { bootstrap } from './bootstrap';
import { warnOfFewConnections } from './connection-room';
import { Ending } from './ending';
import { Primary } from './primary';

/**
 * Serves from now on, in this process or in as many as `WORKERS` says, and answers the address. The schema must be up
 * to date.
 * `afterwards`: what is to stop after the shop.
 */
export async function serve(env: Env, afterwards?: () => Promise<void>): Promise<string> {
  if (env.WORKERS > 1) {
    const primary = new Primary(env, afterwards);
    await warnOfFewConnections(env);
    const url = await primary.start();
    primary.watch();
    return url;
  }
  const shop = await bootstrap(env);
  new Ending(shop, afterwards).watch();
  return shop.url;
}
