import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { Audit } from '../audit/audit';
import { BackgroundUnitOfWork } from '../database/background-unit-of-work';
import { AUDIT_TIME, AUDIT_VIOLATIONS } from './metrics-messages';

/** Counting stops there: a scrape must not take longer the worse things are. */
const MOST_COUNTED = 100_000;

/** What is asked for when somebody scrapes. What cannot be had at that moment is left out, and the rest is told. */
@Injectable()
export class ShopMetrics {
  constructor(
    private readonly audit: Audit,
    private readonly unitOfWork: BackgroundUnitOfWork,
    private readonly registry: Registry,
  ) {
    this.addViolations();
    this.addValue(
      AUDIT_TIME,
      'The moment of which the newest audit speaks; only where it was run',
      async () => this.audit.latest && this.audit.latest.checkedAt.getTime() / 1_000,
    );
    this.addValue('shop_outbox_pending', `Events that wait for delivery, up to ${MOST_COUNTED}`, () =>
      this.countEvents(`status = 'PENDING'`),
    );
    this.addValue('shop_outbox_dead', `Events that were given up, up to ${MOST_COUNTED}`, () =>
      this.countEvents(`status = 'DEAD'`),
    );
  }

  private addViolations(): void {
    const { audit } = this;
    new Gauge({
      name: AUDIT_VIOLATIONS,
      help: 'Rows that break an invariant, by the newest audit; only where it was run',
      labelNames: ['check'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const { name, violations } of audit.latest?.checks ?? []) this.set({ check: name }, violations);
      },
    });
  }

  private addValue(name: string, help: string, read: () => Promise<number | null>): void {
    new Gauge({
      name,
      help,
      // Of several processes each tells the same.
      aggregator: 'max',
      registers: [this.registry],
      async collect() {
        const value = await read().catch(() => null);
        if (value === null) this.remove();
        else this.set(value);
      },
    });
  }

  /** Over one of the indexes of what is not delivered. */
  private async countEvents(condition: string): Promise<number> {
    const [row] = await this.unitOfWork.query<{ count: number }>(
      `SELECT count(*) FROM (SELECT 1 FROM outbox_event WHERE ${condition} LIMIT ${MOST_COUNTED}) AS waiting`,
    );
    return row!.count;
  }
}
