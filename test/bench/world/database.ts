import { Client } from 'pg';
import type { Material } from '../load/orders';
import { PAID_ORDERS } from '../stage';
import { HOT_COUPON, PENDING_ORDERS } from './seed';

/** One database under measure, and what is prepared in it. */
export class Database {
  private coupons = 0;
  private paid = PAID_ORDERS;

  private constructor(
    readonly url: string,
    private readonly client: Client,
    private placed: number,
  ) {}

  /** `pending`: how many orders wait for payment in it. */
  static async open(url: string, pending: number): Promise<Database> {
    const client = new Client({ connectionString: url, application_name: 'bench' });
    client.on('error', () => undefined);
    await client.connect();
    return new Database(url, client, PAID_ORDERS + pending);
  }

  /** A fresh coupon, and at least so many orders that wait for payment. */
  async prepare({ coupon, pending }: { coupon: boolean; pending: number }): Promise<Material> {
    if (coupon) await this.client.query(HOT_COUPON, [++this.coupons]);
    const enough = this.paid + pending;
    if (enough > this.placed) {
      await this.client.query(PENDING_ORDERS, [this.placed, enough]);
      this.placed = enough;
    }
    return { coupon: this.coupons, pending: { from: this.paid, to: this.placed } };
  }

  /** After a measure that failed: nobody knows which of the orders were paid. */
  async abandon(): Promise<void> {
    await this.settle(this.placed - this.paid);
  }

  /** After a measure: some orders are paid, and what the relay had no time to tell is not to disturb the next one. */
  async settle(paid: number): Promise<void> {
    this.paid += paid;
    // Those that the relay is marking are left to it: waiting for them, in another order, could be a deadlock.
    await this.client.query(
      `UPDATE outbox_event SET status = 'DELIVERED', delivered_at = now(), lease = NULL
        WHERE id IN (SELECT id FROM outbox_event WHERE status = 'PENDING' FOR UPDATE SKIP LOCKED)`,
    );
  }

  async query<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.client.query<Row>(text, [...values])).rows;
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}
