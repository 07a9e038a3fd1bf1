import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startPostgres } from '../../apps/local/src/postgres';
import { REDIS_DATABASES, startRedis } from '../../apps/local/src/redis';
import { createDataSource } from '../../ormconfig';
import { administer, TEMPLATE_DATABASE } from './servers';
import { keepForTeardown, stopAll } from './stop-servers';

/**
 * Nothing that the tests promise depends on surviving a power cut, and their databases are thrown away: waiting for
 * the disk would only make them slow. What is promised about durability is tested on servers with the defaults.
 */
const THROWAWAY_SETTINGS = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

const POSTGRES_IMAGE = 'postgres:18-alpine';
const REDIS_IMAGE = 'redis:7-alpine';

interface TestServer {
  readonly description: string;
  readonly url: string;
  stop(): Promise<unknown>;
}

/** Starts real servers, once for all projects, and migrates the database that the tests clone. */
export default async function startServers(): Promise<void> {
  try {
    const folder = temporaryFolder();
    const docker = await whyNoDocker();
    const started = await Promise.allSettled([database(folder, docker), redis(folder, docker)]);
    for (const server of started) if (server.status === 'fulfilled') keepForTeardown(() => server.value.stop());
    const [postgresServer, redisServer] = started.map((server) => {
      if (server.status === 'rejected') throw server.reason;
      return server.value;
    }) as [TestServer, TestServer];

    process.stdout.write(`\ndatabase = ${postgresServer.description} · redis = ${redisServer.description}\n`);
    await migrateTemplate(postgresServer.url);
    process.env.TEST_DATABASE_URL = postgresServer.url;
    process.env.TEST_REDIS_URL = redisServer.url;
  } catch (error) {
    // Jest runs no teardown after a setup that failed.
    await stopAll();
    throw error;
  }
}

function temporaryFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'jangteo-test-'));
  // As root the server runs as another user, who must be able to pass.
  fs.chmodSync(folder, 0o755);
  keepForTeardown(async () => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Null where Docker answers. */
async function whyNoDocker(): Promise<string | null> {
  try {
    const { getContainerRuntimeClient } = await import('testcontainers');
    await getContainerRuntimeClient();
    return null;
  } catch {
    return 'no Docker found';
  }
}

async function database(folder: string, noDocker: string | null): Promise<TestServer> {
  return inContainerOr(noDocker, postgresContainer, async (reason) => {
    const server = await startPostgres({ dir: path.join(folder, 'postgres'), settings: THROWAWAY_SETTINGS });
    return { description: `${server.description} (${reason})`, url: server.url(), stop: () => server.stop() };
  });
}

async function redis(folder: string, noDocker: string | null): Promise<TestServer> {
  return inContainerOr(noDocker, redisContainer, async () => {
    const cacheDir = path.join(__dirname, '../../.cache/redis');
    const { server, ...missing } = await startRedis({ dir: path.join(folder, 'redis'), cacheDir });
    if (server) return { description: server.description, url: server.url(), stop: () => server.stop() };
    const { reason, fix } = missing as { reason: string; fix: string };
    throw new Error(
      `The tests need a real Redis: ${reason}.\n${fix.replace(/,? or set REDIS_URL/, ', or start Docker')}`,
    );
  });
}

/** Docker may answer and still have no way to the image. */
async function inContainerOr(
  noDocker: string | null,
  container: () => Promise<TestServer>,
  local: (reason: string) => Promise<TestServer>,
): Promise<TestServer> {
  if (noDocker) return local(noDocker);
  try {
    return await container();
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split('\n');
    return local(`Docker could not start a container: ${reason}`);
  }
}

async function postgresContainer(): Promise<TestServer> {
  const { PostgreSqlContainer } = await import('@testcontainers/postgresql');
  const settings = Object.entries({ ...THROWAWAY_SETTINGS, max_connections: '200' });
  const container = await new PostgreSqlContainer(POSTGRES_IMAGE)
    .withCommand(['postgres', ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])])
    .start();
  return {
    description: `testcontainers ${POSTGRES_IMAGE}`,
    url: container.getConnectionUri(),
    stop: () => container.stop(),
  };
}

async function redisContainer(): Promise<TestServer> {
  const { GenericContainer } = await import('testcontainers');
  const container = await new GenericContainer(REDIS_IMAGE)
    .withCommand(['redis-server', '--save', '', '--appendonly', 'no', '--databases', String(REDIS_DATABASES)])
    .withExposedPorts(6379)
    .start();
  return {
    description: `testcontainers ${REDIS_IMAGE}`,
    url: `redis://${container.getHost()}:${container.getMappedPort(6379)}/0`,
    stop: () => container.stop(),
  };
}

async function migrateTemplate(serverUrl: string): Promise<void> {
  await administer(`CREATE DATABASE ${TEMPLATE_DATABASE}`, serverUrl);
  const url = new URL(serverUrl);
  url.pathname = `/${TEMPLATE_DATABASE}`;
  const dataSource = createDataSource(url.href);
  await dataSource.initialize();
  try {
    await dataSource.runMigrations();
  } finally {
    await dataSource.destroy();
  }
  // A database that somebody is connected to cannot be cloned.
  await administer(`ALTER DATABASE ${TEMPLATE_DATABASE} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true`, serverUrl);
}
