import { resolve } from 'node:path';
import { type Env, loadEnv } from '@app/platform';
import { type Source, startLocalServers } from '../../local/src/local-servers';
import { Steps } from '../../local/src/steps';
import { assertMigrated, migrate } from '../../shop/src/migrations';
import { HELP, readArguments } from './arguments';
import { describeAudit, runAudit } from './audit';
import { loadDemo } from './demo';
import { describeImport, importSuperstore, ordersWithin } from './import-superstore';
import type { Output } from './progress';
import { readSuperstore } from './superstore';

/**
 * Runs one command and answers its exit code: 1 also when the shop refused an order of an import, and when an audit
 * found a violation.
 * @throws CannotStartException saying in one sentence what is wrong and what to do; nothing was written
 */
export async function run(args: readonly string[], source: Source, output: Output): Promise<number> {
  const command = readArguments(args);
  if (command.name === 'help') {
    output.write(HELP);
    return 0;
  }
  if (command.name === 'demo') return withDatabase(source, output, (env) => runDemo(env, output));
  if (command.name === 'audit') {
    return withDatabase(source, output, async (env) => {
      const report = await runAudit(env);
      output.write(describeAudit(report));
      return report.ok ? 0 : 1;
    });
  }

  // The whole file is checked before anything is started. npm runs in the project's folder, the operator elsewhere.
  const file = await readSuperstore(resolve(source.INIT_CWD || '.', command.file));
  const orders = ordersWithin(file, command.range);
  return withDatabase(source, output, async (env) => {
    const summary = await importSuperstore(env, file, orders, output);
    output.write(describeImport(summary));
    return summary.replayed.refused.size === 0 ? 0 : 1;
  });
}

async function runDemo(env: Env, output: Output): Promise<number> {
  const demo = await loadDemo(env);
  output.write(
    demo
      ? `The demo shop has ${demo.products} products, ${demo.coupons} coupons and ${demo.orders} paid orders.\n`
      : 'Nothing was loaded: the shop has products already, and the demo is for an empty one.\n',
  );
  return 0;
}

/** The servers that the settings name, else those of `npm start`, whose schema is kept up to date as it does. */
async function withDatabase(source: Source, output: Output, work: (env: Env) => Promise<number>): Promise<number> {
  const servers = await startLocalServers(source, new Steps(output));
  try {
    const env = loadEnv(servers.source);
    if (source.DATABASE_URL) await assertMigrated(env.DATABASE_URL);
    else await migrate(env.DATABASE_URL);
    return await work(env);
  } finally {
    await servers.stop();
  }
}
