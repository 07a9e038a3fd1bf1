import fs from 'node:fs';
import path from 'node:path';
import { startProgress } from '../../../apps/cli/src/progress';
import { freePort } from '../../../apps/local/src/ports';
import { ensureDatabase, startPostgres } from '../../../apps/local/src/postgres';
import { startRedis } from '../../../apps/local/src/redis';
import { migrate } from '../../../apps/shop/src/migrations';
import type { Ending } from '../../support/programs/ending';
import { Leash } from '../../support/programs/leash';
import { TOKEN_SECRET } from '../stage';
import { Program, SHOP } from '../world/program';
import { SETTINGS } from '../world/settings';
import { planSeed, ROUNDS } from './seed/seed-plan';
import { seed, stepsOf } from './seed/seeder';

/** While the data is made nothing is lost by losing it. The shop is measured on PostgreSQL's own durable defaults. */
const LOADING = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '8GB',
  shared_buffers: '1GB',
  autovacuum: 'off',
};
const DATABASE = 'jangteo';
/** Is written when the data is whole. */
const SEEDED = 'seeded.json';

export interface GrownShop {
  readonly url: string;
  readonly databaseUrl: string;
  /** Seconds that making the data took. */
  readonly seeding: number;
  /** Stops the shop; its servers run until the ending. */
  stop(): Promise<void>;
}

/**
 * Makes the data of a shop with so many orders, unless an earlier run has kept it, and starts the built shop over it.
 * What was started is in the ending.
 */
export async function growShop(orders: number, folder: string, ending: Ending): Promise<GrownShop> {
  const dir = path.join(folder, 'postgres');
  const seeding = kept(folder) ?? (await fill(folder, dir, orders, ending));

  const postgres = await startPostgres({ dir });
  ending.add(() => postgres.stop());
  const redis = await startRedis({ dir: path.join(folder, 'redis'), cacheDir: path.resolve('.cache', 'redis') });
  if (!redis.server) throw new Error('A Redis is needed, and none was found.');
  const { server } = redis;
  ending.add(() => server.stop());
  const databaseUrl = postgres.url(DATABASE);
  await migrate(databaseUrl); // what was kept may be of an earlier version
  const served = await serve(folder, { DATABASE_URL: databaseUrl, REDIS_URL: server.url() }, ending);
  return { ...served, databaseUrl, seeding };
}

/** Seconds that making what is here already took; undefined when nothing whole is. */
function kept(folder: string): number | undefined {
  const note = path.join(folder, SEEDED);
  return fs.existsSync(note) ? JSON.parse(fs.readFileSync(note, 'utf8')).seconds : undefined;
}

async function fill(folder: string, dir: string, orders: number, ending: Ending): Promise<number> {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const began = performance.now();
  const postgres = await startPostgres({ dir, settings: LOADING });
  ending.add(() => postgres.stop());
  const url = await ensureDatabase(postgres, DATABASE);
  await migrate(url);
  const steps = stepsOf(planSeed(orders, ROUNDS, new Date()));
  const progress = startProgress(`${orders.toLocaleString('en-US')} orders`, steps, process.stdout);
  try {
    await seed(url, { orders, onStep: () => progress.step() });
  } finally {
    progress.end();
  }
  await postgres.stop();
  const seconds = (performance.now() - began) / 1_000;
  fs.writeFileSync(path.join(folder, SEEDED), JSON.stringify({ seconds }));
  return seconds;
}

/** The shop as it is built, in a process of its own; resolves once it is ready. */
async function serve(
  folder: string,
  settings: Record<string, string>,
  ending: Ending,
): Promise<Pick<GrownShop, 'url' | 'stop'>> {
  const leash = Leash.hold();
  ending.add(() => leash.close());
  const port = await freePort();
  const own = { HOST: '127.0.0.1', PORT: String(port), JWT_SECRET: TOKEN_SECRET, DATA_DIR: folder };
  const env = { ...SETTINGS, ...own, ...settings };
  const shop = Program.start({ name: 'shop', file: SHOP, env, dir: folder, leash });
  ending.add(() => shop.close());
  await shop.listening(port);
  // Asked to end and not killed: what a killed shop wants to know is still looked up by the server, beside the audits.
  return { url: `http://127.0.0.1:${port}`, stop: () => shop.close('SIGTERM') };
}
