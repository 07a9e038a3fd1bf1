import { devTokenIssuer, type Env, loadEnv } from '@app/platform';
import { loadDemo } from '../../cli/src/demo';
import { migrate } from '../../shop/src/migrations';
import { serve } from '../../shop/src/serve';
import { LocalServerError } from './local-server';
import { type Source, startLocalServers } from './local-servers';
import { isFree } from './ports';
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
    const env = loadEnv(servers.source);
    await prepare(env, steps);
    const url = await steps.run(
      // At the end requests in flight are answered first, then the servers may go.
      () => serve(env, () => servers.stop()),
      (address) => ({ title: 'Jangteo', detail: address.replace(/.*\/\//, ''), note: noteOn(env) }),
    );
    steps.done({ title: 'Ready', detail: '' }, performance.now() - began);
    process.stdout.write(await welcome(url, env));
  } catch (error) {
    await servers.stop();
    throw error;
  }
}

/** Says what is wrong with the settings before anything is started; what will be started here is not missing yet. */
function checked(settings: Source): Env {
  return loadEnv({
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

function noteOn({ WORKERS }: Env): string {
  return WORKERS > 1 ? `${WORKERS} processes` : '';
}

async function welcome(url: string, env: Env): Promise<string> {
  const lines = [
    '',
    `  Swagger UI   ${url}/docs`,
    `  OpenAPI      ${url}/docs-json  ${url}/docs-yaml`,
    `  Products     ${url}/products`,
  ];
  if (env.AUTH_MODE === 'dev') {
    const issuer = devTokenIssuer(env);
    lines.push(
      '',
      `  Customer     ${await issuer.issue('kim', [])}`,
      `  Admin        ${await issuer.issue('admin', ['admin'])}`,
      '               valid for 24 hours; more with POST /auth/token',
    );
  }
  return [...lines, '', '  Stop         Ctrl-C', ''].join('\n').concat('\n');
}
