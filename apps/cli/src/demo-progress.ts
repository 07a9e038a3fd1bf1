import type { Client } from 'pg';
import { DEMO_PRODUCTS } from './demo-catalogue';
import { DEMO_CUSTOMERS, planDemo } from './demo-plan';

/** How far the load is. */
export interface Progress {
  /** How many products the shop has. */
  readonly products: number;
  /** Whether all of them are the demo's. */
  readonly own: boolean;
  /** How many orders each customer has paid. */
  readonly paid: ReadonlyMap<string, number>;
}

export async function progressOf(client: Client): Promise<Progress> {
  const { rows: counted } = await client.query<Pick<Progress, 'products' | 'own'>>(
    `SELECT count(*)::integer AS products, count(*) = count(d.name) AS own
       FROM product p LEFT JOIN unnest($1::text[], $2::text[]) AS d (name, description) USING (name, description)`,
    [DEMO_PRODUCTS.map(({ name }) => name), DEMO_PRODUCTS.map(({ description }) => description)],
  );
  const { rows: customers } = await client.query<{ userId: string; paid: number }>(
    `SELECT user_id AS "userId", count(*)::integer AS paid FROM orders
      WHERE user_id = ANY($1) AND paid_at IS NOT NULL GROUP BY user_id`,
    [DEMO_CUSTOMERS],
  );
  return { ...counted[0]!, paid: new Map(customers.map(({ userId, paid }) => [userId, paid])) };
}

/** The orders come last, each customer's in the order of the plan. */
export function isComplete({ paid }: Progress): boolean {
  const planned = planDemo().flatMap(({ purchases }) => purchases);
  return DEMO_CUSTOMERS.every(
    (customer) => (paid.get(customer) ?? 0) >= planned.filter(({ userId }) => userId === customer).length,
  );
}
