import type { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { databaseOptions } from '../../../libs/platform/src/database/database-options';
import { TypeOrmUnitOfWork } from '../../../libs/platform/src/database/typeorm-unit-of-work';
import { BatchingCommandLanes } from '../../../libs/platform/src/lanes/batching-command-lanes';
import { LANE_LIMITS } from '../../../libs/platform/src/lanes/batching-lane';
import { IdempotencyKeys } from '../../../libs/platform/src/lanes/idempotency-keys';
import type { TestDatabase } from '../database';
import { Shop } from '../shop-services';
import { StatementGate } from './statement-gate';

/** How far ahead `later` is, in milliseconds. */
export const LATER = 60_000;

/** An instance of the shop over a single connection, whose statements pass a gate. */
export class GatedShop {
  readonly shop: Shop;
  /** The same instance as it will be in a minute. */
  readonly later: Shop;

  private constructor(
    private readonly dataSource: DataSource,
    database: TestDatabase,
    readonly gate: StatementGate,
  ) {
    this.shop = new Shop(database);
    this.later = new Shop(database);
    this.later.clock.advance(LATER);
  }

  /** Connects to a database that others keep, with the same classes of rows. */
  static async connect(to: TestDatabase): Promise<GatedShop> {
    const gate = new StatementGate();
    const { extra, ...options } = databaseOptions(to.url, { max: 1 });
    const onConnect = async (client: PoolClient) => {
      await extra.onConnect(client);
      gate.guard(client);
    };
    const entities = to.dataSource.options.entities!;
    const gated = { ...extra, onConnect, idleTimeoutMillis: 0 }; // one connection, as long as the test lasts
    const dataSource = await new DataSource({ ...options, entities, extra: gated }).initialize();
    const unitOfWork = new TypeOrmUnitOfWork(dataSource);
    const keys = new IdempotencyKeys(unitOfWork);
    const lanes = () => new BatchingCommandLanes(keys, unitOfWork, LANE_LIMITS);
    const close = () => dataSource.destroy();
    return new GatedShop(dataSource, { url: to.url, dataSource, unitOfWork, clock: unitOfWork, lanes, close }, gate);
  }

  close(): Promise<void> {
    return this.dataSource.destroy();
  }
}
