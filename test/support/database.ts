import type { Clock, CommandLanes } from '@app/shared';
import { DataSource, type EntityTarget } from 'typeorm';
import { databaseOptions } from '../../libs/platform/src/database/database-options';
import { TypeOrmUnitOfWork } from '../../libs/platform/src/database/typeorm-unit-of-work';
import { BatchingCommandLanes } from '../../libs/platform/src/lanes/batching-command-lanes';
import { LANE_LIMITS } from '../../libs/platform/src/lanes/batching-lane';
import { IdempotencyKeys } from '../../libs/platform/src/lanes/idempotency-keys';
import { createDatabase } from './servers';

/** What an adapter needs of the platform, over a database of its own. */
export interface TestDatabase {
  readonly url: string;
  readonly dataSource: DataSource;
  readonly unitOfWork: TypeOrmUnitOfWork;
  readonly clock: Clock;
  /** New lanes on each call, as every instance has its own. */
  lanes(): CommandLanes;
  close(): Promise<void>;
}

/** How it differs from that of an instance. */
export interface DatabaseTraits {
  /** Of a unit of work, in milliseconds. */
  readonly deadline?: number;
  /** A database to start from, to which nobody is connected; an empty one otherwise. */
  readonly template?: string;
  /**
   * Waits for a connection no longer than an instance does. Otherwise longer: a busy machine may take a second to open
   * as many as a race needs.
   */
  readonly isHasty?: boolean;
}

const PATIENCE = 3_000;

/** Clones a database and connects to it with the row classes given. */
export async function openDatabase(
  rows: EntityTarget<object>[],
  { deadline, template, isHasty = false }: DatabaseTraits = {},
): Promise<TestDatabase> {
  const { url, drop } = await createDatabase(template);
  const { extra, ...options } = databaseOptions(url);
  const patient = isHasty ? extra : { ...extra, connectionTimeoutMillis: PATIENCE };
  const dataSource = await new DataSource({ ...options, extra: patient, entities: rows as never }).initialize();
  const unitOfWork = new TypeOrmUnitOfWork(dataSource, deadline);
  return {
    url,
    dataSource,
    unitOfWork,
    clock: unitOfWork,
    lanes: () => new BatchingCommandLanes(new IdempotencyKeys(unitOfWork), unitOfWork, LANE_LIMITS),
    close: async () => {
      if (dataSource.isInitialized) await dataSource.destroy();
      await drop();
    },
  };
}

/** Starts `count` calls at once and tells how each ended. */
export function times<T>(count: number, call: (index: number) => Promise<T>): Promise<PromiseSettledResult<T>[]> {
  return Promise.allSettled(Array.from({ length: count }, (_, index) => call(index)));
}
