import fs from 'node:fs';
import path from 'node:path';
import { freePort, until } from '../../../apps/local/src/local-server';
import { Ending } from '../../storm/world/ending';
import { Leash } from '../../storm/world/leash';
import type { Contender, Served } from '../contenders';
import { Database } from './database';
import { Program } from './program';
import { type DatabaseName, makeDatabases, openServers, type Servers } from './servers';
import { settingsOf } from './settings';

/** Milliseconds until a shop has to listen. */
const PATIENCE = 60_000;
const SHOP = path.join('dist', 'apps', 'shop', 'src', 'main.js');
const COMPILED = path.join(__dirname, '..');

/** A server that is measured over HTTP. */
export interface Site {
  readonly port: number;
  readonly program: Program;
}

/** Everything that is measured, and everything that measures. */
export interface World {
  readonly servers: Servers;
  readonly sites: Readonly<Record<Served, Site>>;
  readonly databases: Readonly<Record<Exclude<Contender, 'b'>, Database>>;
  readonly httpLoad: Program;
  readonly sqlLoad: Program;
  /** All that are to live until the end. */
  readonly programs: readonly Program[];
}

export interface WorldOptions {
  /** Where the servers keep their data; not there yet, and removed in the end. */
  readonly dir: string;
  /** How many orders are to wait for payment in each database. */
  readonly pending: number;
  tell(doing: string): void;
}

/** Starts everything. What has been started by the time at which something fails is in the ending. */
export async function openWorld({ dir, pending, tell }: WorldOptions, ending: Ending): Promise<World> {
  fs.mkdirSync(dir, { recursive: true });
  ending.add(() => fs.rmSync(dir, { recursive: true, force: true }));
  const leash = Leash.hold();
  ending.add(() => leash.close());
  const programs: Program[] = [];
  const start = (name: string, file: string, more: { args?: string[]; env?: Record<string, string> } = {}): Program => {
    const program = Program.start({ name, file, dir, leash, ...more });
    programs.push(program);
    ending.add(() => program.close());
    return program;
  };

  tell('starting PostgreSQL and Redis');
  const servers = await openServers(dir, ending);
  tell('seeding');
  await makeDatabases(servers.postgres, pending);
  const openDatabase = (name: DatabaseName): Promise<Database> =>
    ending.keep(Database.open(servers.postgres.url(name), pending));
  const [shop, lone, yardstick] = [
    await openDatabase('shop'),
    await openDatabase('lone'),
    await openDatabase('yardstick'),
  ];

  tell('starting the shops and signing tokens');
  const openShop = async (name: string, database: Database, more: Record<string, string> = {}): Promise<Site> => {
    const port = await freePort();
    const addresses = {
      port,
      dir,
      databaseUrl: database.url,
      redisUrl: redisUrl(servers, name === 'shop' ? 0 : 1),
      dataPlatformUrl: servers.sink.url,
    };
    const program = start(name, SHOP, { env: settingsOf(addresses, more) });
    await listening(name, port, program);
    return { port, program };
  };
  const constantPort = await freePort();
  const constant = start('constant', path.join(COMPILED, 'yardsticks', 'constant-main.js'), {
    args: [String(constantPort)],
    env: { NODE_ENV: 'production' },
  });
  await constant.ready();
  const httpLoad = start('http-load', path.join(COMPILED, 'load', 'http-main.js'));
  await httpLoad.ready();
  const sqlLoad = start('sql-load', path.join(COMPILED, 'yardsticks', 'sql-main.js'));
  await sqlLoad.ready();
  const sites = {
    shop: await openShop('shop', shop),
    c: await openShop('lone', lone, { LANE_MAX_BATCH: '1' }),
    b: { port: constantPort, program: constant },
  };
  return { servers, sites, databases: { shop, c: lone, a: yardstick, a2: yardstick }, httpLoad, sqlLoad, programs };
}

/** A database of its own for each shop, so that none reads the ranking of the other. */
function redisUrl({ redis }: Servers, number: number): string {
  const url = new URL(redis.url());
  url.pathname = `/${number}`;
  return url.href;
}

async function listening(name: string, port: number, program: Program): Promise<void> {
  const isReady = async (): Promise<boolean> => {
    program.assertAlive();
    const response = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
    await response?.arrayBuffer();
    return response?.ok ?? false;
  };
  if (!(await until(isReady, PATIENCE))) throw new Error(`${name} does not serve within ${PATIENCE / 1_000} s`);
}
