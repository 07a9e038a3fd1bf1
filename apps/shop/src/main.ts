import { Logger } from '@nestjs/common';
import { bootstrap } from './bootstrap';
import { environment } from './environment';
import { exitWith } from './exit';
import { assertMigrated } from './migrations';
import { loadShopEnv } from './shop-env';

/** The service alone, as production runs it: it starts no servers and never migrates by itself. */
async function main(): Promise<void> {
  const env = loadShopEnv(environment());
  await assertMigrated(env.DATABASE_URL);
  const { app, url } = await bootstrap(env);
  app.enableShutdownHooks(['SIGTERM', 'SIGINT']);
  Logger.log(`Listening on ${url}`, 'Jangteo');
}

main().catch(exitWith);
