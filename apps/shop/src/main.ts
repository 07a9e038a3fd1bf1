import { Logger } from '@nestjs/common';
import { bootstrap } from './bootstrap';
import { Ending } from './ending';
import { environment } from './environment';
import { exitWith } from './exit';
import { assertMigrated } from './migrations';
import { loadShopEnv } from './shop-env';

/** The service alone, as production runs it: it starts no servers and never migrates by itself. */
async function main(): Promise<void> {
  const env = loadShopEnv(environment());
  await assertMigrated(env.DATABASE_URL);
  const shop = await bootstrap(env);
  new Ending(shop).watch();
  Logger.log(`Listening on ${shop.url}`, 'Jangteo');
}

main().catch(exitWith);
