import { Ending } from '../../support/programs/ending';
import type { InstanceName } from '../history';
import type { ShopInstance } from './instance';
import type { StormIssuer } from './issuer';
import { openParts, type Parts, type WorldOptions } from './parts';
import type { StormPlatform } from './platform';
import type { StormPostgres } from './postgres';
import type { StormRedis } from './redis';
import { all, type Wires } from './wires';

export type { WorldOptions } from './parts';

/** Everything that the storm happens to: two instances of the shop, the servers that they need, the wires in between. */
export class World implements Parts {
  readonly postgres: StormPostgres;
  readonly redis: StormRedis;
  readonly platform: StormPlatform;
  readonly issuer: StormIssuer;
  readonly wires: Readonly<Record<InstanceName, Wires>>;
  readonly instances: Readonly<Record<InstanceName, ShopInstance>>;

  private constructor(
    { postgres, redis, platform, issuer, wires, instances }: Parts,
    private readonly ending: Ending,
  ) {
    this.postgres = postgres;
    this.redis = redis;
    this.platform = platform;
    this.issuer = issuer;
    this.wires = wires;
    this.instances = instances;
  }

  /** Resolves when both instances listen. An opening that fails leaves nothing behind. */
  static async open(options: WorldOptions): Promise<World> {
    const ending = new Ending();
    try {
      return new World(await openParts(options, ending), ending);
    } catch (error) {
      await ending.run();
      throw error;
    }
  }

  /** Brings everything back to how it was in the beginning, after a fault that did not get to its own end. */
  async heal(): Promise<void> {
    const { postgres, redis, platform, issuer } = this;
    const instances = Object.values(this.instances);
    for (const part of [postgres, redis, ...instances]) part.resume();
    for (const wire of Object.values(this.wires).flatMap(all)) wire.mend();
    platform.answerWith('accept');
    await Promise.all([issuer.comeBack(), postgres.start(), redis.start()]);
    await redis.acceptWrites();
    await postgres.query('ALTER SYSTEM RESET default_transaction_read_only');
    await postgres.query('SELECT pg_reload_conf()');
    await Promise.all(instances.map((instance) => instance.start()));
    for (const instance of instances) instance.skewClock(0);
  }

  /** Ends everything, whatever state it is in. Never rejects. */
  close(): Promise<void> {
    return this.ending.run();
  }
}
