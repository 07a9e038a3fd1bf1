import { migrate } from '../../../apps/shop/src/migrations';
import type { Ending } from '../../support/programs/ending';
import { Leash } from '../../support/programs/leash';
import type { InstanceName } from '../history';
import { ShopInstance } from './instance';
import { openServers, type ServerOptions, type Servers } from './servers';
import { settingsOf } from './settings';
import { settled } from './settled';
import { all, layWires, type Wires } from './wires';

export interface WorldOptions extends ServerOptions {
  /** The folder of an armed build. */
  readonly build: string;
  /** Statements that run over the migrated schema. */
  readonly schema?: readonly string[] | undefined;
}

export interface Parts extends Servers {
  readonly wires: Readonly<Record<InstanceName, Wires>>;
  readonly instances: Readonly<Record<InstanceName, ShopInstance>>;
}

/** Milliseconds until an instance has to listen while nothing is wrong yet. */
const FIRST_START = 30_000;

/** Starts everything. What has been started by the time at which something fails is in the ending. */
export async function openParts(options: WorldOptions, ending: Ending): Promise<Parts> {
  const leash = Leash.hold();
  ending.add(() => leash.close());
  const servers = await openServers(options, leash, ending);
  await migrate(servers.postgres.url);
  for (const statement of options.schema ?? []) await servers.postgres.query(statement);

  const wires = { A: await connect(servers, ending), B: await connect(servers, ending) };
  const open = async (name: InstanceName): Promise<ShopInstance> => {
    const { build, dir } = options;
    const settings = settingsOf(servers, wires[name]);
    const instance = await ending.keep(ShopInstance.create({ name, build, dir, settings, leash }));
    await instance.start(FIRST_START);
    return instance;
  };
  const [A, B] = await settled([open('A'), open('B')]);
  return { ...servers, wires, instances: { A, B } };
}

async function connect(servers: Servers, ending: Ending): Promise<Wires> {
  const wires = await layWires(servers);
  for (const wire of all(wires)) ending.add(() => wire.close());
  return wires;
}
