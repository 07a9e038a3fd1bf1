import { type DynamicModule, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { BackgroundUnitOfWork } from '../database/background-unit-of-work';
import { Background } from './background';
import { JobLog } from './job-log';
import { JobRunner } from './job-runner';
import { Purge } from './purge';

@Module({})
class JobsModule {}

/** The scheduler, imported here and nowhere else: each import would fire every job once more. */
export function jobsModule(background: Background): DynamicModule {
  const { isOn } = background;
  return {
    module: JobsModule,
    global: true,
    imports: [ScheduleModule.forRoot({ cronJobs: isOn, intervals: isOn, timeouts: isOn })],
    providers: [
      { provide: Background, useValue: background },
      {
        provide: JobLog,
        inject: [BackgroundUnitOfWork],
        useFactory: (unitOfWork: BackgroundUnitOfWork) => new JobLog(unitOfWork),
      },
      JobRunner,
      Purge,
    ],
    exports: [Background, JobLog, JobRunner],
  };
}
