import { DevTokenIssuer, type Env } from '@app/platform';
import { loadDemo } from '../../cli/src/demo';
import { bootstrap, type RunningShop } from '../../shop/src/bootstrap';
import { Ending } from '../../shop/src/ending';
import { migrate } from '../../shop/src/migrations';
import { loadShopEnv } from '../../shop/src/shop-env';
import { isFree, LocalServerError } from './local-server';
import { type Source, startLocalServers } from './local-servers';
import type { Steps } from './steps';

/** `npm start`: servers where none are given, schema, demo data, service; and at the end all of them in reverse. */
export async function startLocalShop(settings: Source, steps: Steps): Promise<void> {
  const began = performance.now();
  const { PORT } = checked(settings);
  if (PORT !== 0 && !(await isFree(PORT))) {
    throw new LocalServerError(`Port ${PORT} is in use.`, `Use another: PORT=${PORT + 1} npm start`);
  }
  const servers = await startLocalServers({ ...settings, LOG_LEVEL: settings.LOG_LEVEL || 'warn' }, steps);
  try {
    const env = loadShopEnv(servers.source);
    await prepare(env, steps);
    const shop = await steps.run(
      () => bootstrap(env),
      ({ url }) => ({ title: 'Jangteo', detail: url.replace(/.*\/\//, '') }),
    );
    // Requests in flight are answered first, then the servers may go.
    new Ending(shop, () => servers.stop()).watch();
    steps.done({ title: 'Ready', detail: '' }, performance.now() - began);
    process.stdout.write(await welcome(shop, env));
  } catch (error) {
    await servers.stop();
    throw error;
  }
}

/** Says what is wrong with the settings before anything is started; what will be started here is not missing yet. */
function checked(settings: Source): Env {
  return loadShopEnv({
    ...settings,
    DATABASE_URL: settings.DATABASE_URL || 'postgres://127.0.0.1/',
    REDIS_URL: settings.REDIS_URL || 'memory:',
  });
}

async function prepare(env: Env, steps: Steps): Promise<void> {
  await steps.run(
    () => migrate(env.DATABASE_URL),
    (names) => ({ title: 'Migrations', detail: names.length === 0 ? 'up to date' : `${names.length} applied` }),
  );
  await steps.run(
    () => loadDemo(env),
    (demo) =>
      demo
        ? { title: 'Demo data', detail: `${demo.products} products`, note: `${demo.orders} paid orders` }
        : { title: 'Demo data', detail: 'not needed', note: 'the shop has products' },
  );
}

async function welcome({ app, url }: RunningShop, { AUTH_MODE }: Env): Promise<string> {
  const lines = [
    '',
    `  Swagger UI   ${url}/docs`,
    `  OpenAPI      ${url}/docs-json  ${url}/docs-yaml`,
    `  Products     ${url}/products`,
  ];
  if (AUTH_MODE === 'dev') {
    const issuer = app.get(DevTokenIssuer);
    lines.push(
      '',
      `  Customer     ${await issuer.issue('kim', [])}`,
      `  Admin        ${await issuer.issue('admin', ['admin'])}`,
      '               valid for 24 hours; more with POST /auth/token',
    );
  }
  return [...lines, '', '  Stop         Ctrl-C', ''].join('\n').concat('\n');
}
