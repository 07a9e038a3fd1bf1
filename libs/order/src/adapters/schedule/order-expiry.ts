import { JobRunner } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { OrderService } from '../../application/order.service';

const BATCH = 500;

/** Milliseconds: what it has locked already waits with it, and it comes again in a second. */
const LOCK_WAIT = 100;

/** Every second: an order is not payable after its time anyway, this gives its stock and coupon back. */
@Injectable()
export class OrderExpiry {
  constructor(
    private readonly orders: OrderService,
    private readonly jobs: JobRunner,
  ) {}

  @Interval(1_000)
  async expireDue(): Promise<void> {
    await this.jobs.run('order-expiry', () => this.orders.expireDue(BATCH), {
      lockWait: LOCK_WAIT,
      onlyEventful: true,
    });
  }
}
