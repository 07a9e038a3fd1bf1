import type { OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BACKGROUND_CONNECTIONS, databaseOptions } from './database-options';
import { TypeOrmUnitOfWork } from './typeorm-unit-of-work';

/**
 * A unit of work over two connections of its own, for the readiness check, the relay and the metrics: none waits behind
 * customers who have taken all of theirs, and none takes one from them.
 */
export class BackgroundUnitOfWork extends TypeOrmUnitOfWork implements OnApplicationShutdown {
  private constructor(private readonly connections: DataSource) {
    super(connections);
  }

  static async connect(url: string): Promise<BackgroundUnitOfWork> {
    return new BackgroundUnitOfWork(
      await new DataSource(databaseOptions(url, { max: BACKGROUND_CONNECTIONS })).initialize(),
    );
  }

  async onApplicationShutdown(): Promise<void> {
    await this.connections.destroy();
  }
}
