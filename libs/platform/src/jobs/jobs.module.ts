import { Global, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { JobRunner } from './job-runner';
import { KeyPurge } from './key-purge';

/** The scheduler, imported here and nowhere else: each import would fire every job once more. */
@Global()
@Module({
  imports: [ScheduleModule.forRoot()],
  providers: [JobRunner, KeyPurge],
  exports: [JobRunner],
})
export class JobsModule {}
