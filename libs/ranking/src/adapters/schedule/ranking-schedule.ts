import { Background, Env, JobLog, JobRunner } from '@app/platform';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { CronJob } from 'cron';
import { RankingService } from '../../application/ranking.service';

const JOB = 'ranking';

/** Refreshes the ranking at start and by `RANKING_CRON`, on one instance at a time. */
@Injectable()
export class RankingSchedule implements OnApplicationBootstrap {
  constructor(
    private readonly rankings: RankingService,
    private readonly jobs: JobRunner,
    private readonly log: JobLog,
    private readonly schedule: SchedulerRegistry,
    private readonly env: Env,
    private readonly background: Background,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.log.expect(JOB, this.env.RANKING_CRON);
    if (!this.background.isOn) return;
    const job = CronJob.from({ cronTime: this.env.RANKING_CRON, onTick: () => this.refresh() });
    this.schedule.addCronJob(JOB, job);
    job.start();
    await this.refresh();
  }

  private async refresh(): Promise<void> {
    await this.jobs.run(JOB, async () => (await this.rankings.refresh()).items.length);
  }
}
