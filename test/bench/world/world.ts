import fs from 'node:fs';
import path from 'node:path';
import { freePort } from '../../../apps/local/src/ports';
import { Ending } from '../../support/programs/ending';
import { Leash } from '../../support/programs/leash';
import type { Contender, Served } from '../contenders';
import { Database } from './database';
import { Program, SHOP, type Start } from './program';
import { type DatabaseName, makeDatabases, openServers, type Servers } from './servers';
import { type Addresses, settingsOf } from './settings';

const COMPILED = path.join(__dirname, '..');

/** A server that is measured over HTTP. */
export interface Site {
  readonly port: number;
  readonly program: Program;
}

/** Everything that is measured, and everything that measures. */
export interface World {
  /** Where the servers keep their data. */
  readonly dir: string;
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
  const starter = new Starter(dir, ending);

  tell('starting PostgreSQL and Redis');
  const servers = await openServers(dir, ending);
  tell('seeding');
  await makeDatabases(servers.postgres, pending);
  const openDatabase = (name: DatabaseName): Promise<Database> =>
    ending.keep(Database.open(servers.postgres.url(name), pending));
  const shop = await openDatabase('shop');
  const lone = await openDatabase('lone');
  const yardstick = await openDatabase('yardstick');

  tell('starting the shops and signing tokens');
  const addresses = { dir, dataPlatformUrl: servers.sink.url };
  const [httpLoad, sqlLoad, ...sites] = await Promise.all([
    starter.ready('http-load', path.join('load', 'http-main.js')),
    starter.ready('sql-load', path.join('yardsticks', 'sql-main.js')),
    starter.constant(),
    starter.shop('shop', { ...addresses, databaseUrl: shop.url, redisUrl: redisUrl(servers, 0) }),
    starter.shop(
      'lone',
      { ...addresses, databaseUrl: lone.url, redisUrl: redisUrl(servers, 1) },
      { LANE_MAX_BATCH: '1' },
    ),
  ]);
  return {
    dir,
    servers,
    sites: { b: sites[0], shop: sites[1], c: sites[2] },
    databases: { shop, c: lone, a: yardstick, a2: yardstick },
    httpLoad,
    sqlLoad,
    programs: starter.programs,
  };
}

/** Starts programs that end with the benchmark, however it ends. */
class Starter {
  readonly programs: Program[] = [];
  private readonly leash = Leash.hold();

  constructor(
    private readonly dir: string,
    private readonly ending: Ending,
  ) {
    ending.add(() => this.leash.close());
  }

  async shop(name: string, addresses: Omit<Addresses, 'port'>, more: Record<string, string> = {}): Promise<Site> {
    const port = await freePort();
    const program = this.start({ name, file: SHOP, env: settingsOf({ ...addresses, port }, more) });
    await program.listening(port);
    return { port, program };
  }

  async constant(): Promise<Site> {
    const port = await freePort();
    const env = { NODE_ENV: 'production' };
    return {
      port,
      program: await this.ready('constant', path.join('yardsticks', 'constant-main.js'), [String(port)], env),
    };
  }

  /** One that says when it is ready. */
  async ready(name: string, file: string, args: string[] = [], env: Record<string, string> = {}): Promise<Program> {
    const program = this.start({ name, file: path.join(COMPILED, file), args, env });
    await program.ready();
    return program;
  }

  private start(how: Omit<Start, 'dir' | 'leash'>): Program {
    const program = Program.start({ ...how, dir: this.dir, leash: this.leash });
    this.programs.push(program);
    this.ending.add(() => program.close());
    return program;
  }
}

/** A database of its own for each shop, so that none reads the ranking of the other. */
function redisUrl({ redis }: Servers, number: number): string {
  const url = new URL(redis.url());
  url.pathname = `/${number}`;
  return url.href;
}
