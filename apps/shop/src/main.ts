import { loadEnv } from '@app/platform';
import { Logger } from '@nestjs/common';
import { bootstrap } from './bootstrap';
import { CannotStartException } from './cannot-start.exception';
import { environment } from './environment';
import { exitWith } from './exit';
import { countPendingMigrations } from './migrations';

/** The service alone, as production runs it: it starts no servers and never migrates by itself. */
async function main(): Promise<void> {
  const env = loadEnv(environment());
  if (env.WORKERS > 1)
    throw new CannotStartException('WORKERS above 1 is not supported yet: start more instances instead.');
  const pending = await countPendingMigrations(env.DATABASE_URL);
  if (pending > 0) throw new CannotStartException(`Migrations are pending: ${pending}. Run: npm run migrate`);
  const { app, url } = await bootstrap(env);
  app.enableShutdownHooks(['SIGTERM', 'SIGINT']);
  Logger.log(`Listening on ${url}`, 'Jangteo');
}

main().catch(exitWith);
