import { JobRunner } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { SalesLog } from '../../application/ports/sales-log';

/** Every hour: sales by hour and product are kept for a week. */
@Injectable()
export class SalesPurge {
  constructor(
    private readonly sales: SalesLog,
    private readonly jobs: JobRunner,
  ) {}

  @Cron(CronExpression.EVERY_HOUR)
  async purge(): Promise<void> {
    await this.jobs.run('purge-product_sales', () => this.sales.forgetOld());
  }
}
