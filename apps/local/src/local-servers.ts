import { join } from 'node:path';
import type { LocalServer } from './local-server';
import { ensureDatabase, startPostgres } from './postgres';
import { startRedis } from './redis';
import type { Steps } from './steps';

/** Settings as the environment has them. */
export type Source = Readonly<Record<string, string | undefined>>;

/** Settings with the URLs of servers that run, and how to stop those that were started here. */
export interface LocalServers {
  readonly source: Source;
  stop(): Promise<void>;
}

const DATABASE = 'jangteo';
const REDIS_CACHE = join('.cache', 'redis');

/**
 * PostgreSQL and Redis for one machine: those that the settings name are used and none is started, others run from the
 * data directory, shared with whoever runs there already. Without any Redis the shop keeps its copies in the process.
 */
export async function startLocalServers(source: Source, steps: Steps): Promise<LocalServers> {
  const dataDir = source.DATA_DIR || '.data';
  const started: LocalServer[] = [];
  const stop = async (): Promise<void> => {
    for (const server of started.reverse()) await server.stop();
  };
  try {
    const DATABASE_URL = source.DATABASE_URL || (await postgresUrl(dataDir, started, steps));
    const REDIS_URL = source.REDIS_URL || (await redisUrl(dataDir, started, steps));
    return { source: { ...source, DATABASE_URL, REDIS_URL }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function postgresUrl(dataDir: string, started: LocalServer[], steps: Steps): Promise<string> {
  const dir = join(dataDir, 'postgres');
  const server = await steps.run(() => startPostgres({ dir }), reportOf(`data in ${dir}`));
  started.push(server);
  return ensureDatabase(server, DATABASE);
}

async function redisUrl(dataDir: string, started: LocalServer[], steps: Steps): Promise<string> {
  const dir = join(dataDir, 'redis');
  const search = await steps.run(
    () => startRedis({ dir, cacheDir: REDIS_CACHE }),
    (found) =>
      found.server
        ? reportOf('copies only, nothing to lose')(found.server)
        : { title: 'Redis: in this process instead', warning: `${found.reason}\n${found.fix}` },
  );
  if (!search.server) return 'memory:';
  started.push(search.server);
  return search.server.url();
}

function reportOf(note: string): (server: LocalServer) => { title: string; detail: string; note: string } {
  return ({ description, port, adopted }) => ({
    title: description,
    detail: `127.0.0.1:${port}`,
    note: adopted ? `${note}, was running already` : note,
  });
}
