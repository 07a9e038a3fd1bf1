import { setTimeout as pause } from 'node:timers/promises';
import { Audit, type AuditReport, Snapshots } from '@app/platform';
import { SHOP_CHECKS } from '../../apps/shop/src/shop-checks';

const EVERY = 5_000;

/** Runs the shop's own audit past the wires, again and again while the storm rages. */
export class Inspector {
  readonly reports: AuditReport[] = [];
  private readonly audit: Audit;
  private stopping = false;
  private running: Promise<void> | undefined;

  constructor(url: string) {
    this.audit = new Audit(SHOP_CHECKS, new Snapshots(url, { statement: 60_000, deadline: 120_000 }));
  }

  start(): void {
    this.running = this.lookOnAndOn();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.running;
  }

  /** With what need only hold once the queues are empty. */
  async lastLook(): Promise<void> {
    this.reports.push(await this.audit.runOnceQuiet());
  }

  private async lookOnAndOn(): Promise<void> {
    for (let at = performance.now(); !this.stopping; at += EVERY) {
      try {
        this.reports.push(await this.audit.run());
      } catch {
        // The database is away, which is what a storm is about: the next look will see what it left behind.
      }
      while (!this.stopping && performance.now() < at + EVERY) await pause(50);
    }
  }
}
