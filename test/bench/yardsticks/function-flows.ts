import type { Client } from 'pg';

/** Yardstick a2: one round trip a transaction, prepared once a connection: as good as one a caller can be. */
export class FunctionFlows {
  constructor(private readonly client: Client) {}

  async charge(userId: string, won: number): Promise<void> {
    await this.call('charge', 'SELECT bench_charge($1::text, $2::bigint)', [userId, won]);
  }

  async issue(userId: string, couponId: string): Promise<void> {
    await this.call('issue', 'SELECT bench_issue($1::text, $2::uuid)', [userId, couponId]);
  }

  async order(userId: string, optionIds: readonly string[]): Promise<string> {
    const [row] = await this.call('order', 'SELECT bench_order($1::text, $2::uuid[]) AS made', [userId, optionIds]);
    return row!.made;
  }

  async pay(userId: string, orderId: string): Promise<void> {
    await this.call('pay', 'SELECT bench_pay($1::text, $2::uuid)', [userId, orderId]);
  }

  private async call(name: string, text: string, values: readonly unknown[]): Promise<{ made: string }[]> {
    return (await this.client.query<{ made: string }>({ name, text, values: [...values] })).rows;
  }
}
