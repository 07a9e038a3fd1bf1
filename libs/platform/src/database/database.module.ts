import { UnitOfWork } from '@app/shared';
import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { Env } from '../config/env';
import { databaseOptions } from './database-options';
import { TypeOrmUnitOfWork } from './typeorm-unit-of-work';

/** The connection pool and the unit of work over it; migrations are not its business. */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Env],
      useFactory: ({ DATABASE_URL }: Env) => ({
        ...databaseOptions(DATABASE_URL),
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
  ],
  exports: [TypeOrmUnitOfWork, UnitOfWork],
})
export class DatabaseModule {}
