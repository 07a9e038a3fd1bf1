import { loadEnv } from '@app/platform';
import { Logger } from '@nestjs/common';
import { environment } from './environment';
import { exitWith } from './exit';
import { assertMigrated } from './migrations';
import { serve } from './serve';

/** The service alone, as production runs it: it starts no servers and never migrates by itself. */
async function main(): Promise<void> {
  const env = loadEnv(environment());
  await assertMigrated(env.DATABASE_URL);
  const url = await serve(env);
  Logger.log(`Listening on ${url}`, 'Jangteo');
}

main().catch(exitWith);
