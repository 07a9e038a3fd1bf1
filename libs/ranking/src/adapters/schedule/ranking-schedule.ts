import { Background, Env, JobRunner } from '@app/platform';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { CronJob } from 'cron';
import { RankingService } from '../../application/ranking.service';

/** Refreshes the ranking at start and by `RANKING_CRON`, on one instance at a time. */
@Injectable()
export class RankingSchedule implements OnApplicationBootstrap {
  constructor(
    private readonly rankings: RankingService,
    private readonly jobs: JobRunner,
    private readonly schedule: SchedulerRegistry,
    private readonly env: Env,
    private readonly background: Background,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.background.isOn) return;
    const job = CronJob.from({ cronTime: this.env.RANKING_CRON, onTick: () => this.refresh() });
    this.schedule.addCronJob('ranking', job);
    job.start();
    await this.refresh();
  }

  private async refresh(): Promise<void> {
    await this.jobs.run('ranking', async () => (await this.rankings.refresh()).items.length);
  }
}
