import { UnitOfWork } from '@app/shared';
import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { Env } from '../config/env';
import { BackgroundUnitOfWork } from './background-unit-of-work';
import { connectionsOf, databaseOptions } from './database-options';
import { TypeOrmUnitOfWork } from './typeorm-unit-of-work';

/** The connection pools and the units of work over them; migrations are not its business. */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Env],
      useFactory: ({ DATABASE_URL, WORKERS }: Env) => ({
        ...databaseOptions(DATABASE_URL, { max: connectionsOf(WORKERS).customers }),
        autoLoadEntities: true,
        migrationsRun: false,
        // Whoever starts the service waits for an answer, not for ten retries.
        retryAttempts: 0,
      }),
    }),
  ],
  providers: [
    {
      provide: TypeOrmUnitOfWork,
      inject: [DataSource],
      useFactory: (dataSource: DataSource) => new TypeOrmUnitOfWork(dataSource),
    },
    { provide: UnitOfWork, useExisting: TypeOrmUnitOfWork },
    {
      provide: BackgroundUnitOfWork,
      inject: [Env],
      useFactory: ({ DATABASE_URL }: Env) => BackgroundUnitOfWork.connect(DATABASE_URL),
    },
  ],
  exports: [TypeOrmUnitOfWork, UnitOfWork, BackgroundUnitOfWork],
})
export class DatabaseModule {}
