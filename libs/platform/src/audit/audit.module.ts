import { type DynamicModule, Module } from '@nestjs/common';
import { Env } from '../config/env';
import { Snapshots } from '../database/snapshots';
import { Audit } from './audit';
import { AuditController } from './audit.controller';
import type { AuditCheck } from './audit-check';
import { AuditJob } from './audit-job';

@Module({})
class AuditModule {}

/** The audit of all checks that the modules bring along. Needs `envModule`, `DatabaseModule` and `jobsModule`. */
export function auditModule(checks: readonly AuditCheck[]): DynamicModule {
  return {
    module: AuditModule,
    global: true,
    controllers: [AuditController],
    providers: [
      { provide: Snapshots, inject: [Env], useFactory: ({ DATABASE_URL }: Env) => new Snapshots(DATABASE_URL) },
      { provide: Audit, inject: [Snapshots], useFactory: (snapshots: Snapshots) => new Audit(checks, snapshots) },
      AuditJob,
    ],
    exports: [Audit],
  };
}
