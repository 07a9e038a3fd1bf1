import type { TestShop } from '../support/shop';

/** What must hold over all rows, whatever happened; each query finds the violations. */
const RULES: Readonly<Record<string, string>> = {
  'a balance is the sum and the count of its transactions': `
    SELECT b.user_id FROM balance b LEFT JOIN balance_transaction t USING (user_id) GROUP BY b.user_id
    HAVING b.amount <> COALESCE(sum(t.amount), 0) OR b.last_sequence <> count(t.id)`,
  'stock on hand is the sum of its movements': `
    SELECT o.id FROM product_option o LEFT JOIN stock_movement m ON m.option_id = o.id GROUP BY o.id
    HAVING o.on_hand <> COALESCE(sum(m.quantity), 0)`,
  'what is reserved is what unpaid orders hold': `
    SELECT o.id FROM product_option o
      LEFT JOIN (SELECT option_id, sum(quantity) AS held FROM order_line JOIN orders ON orders.id = order_id
                  WHERE status = 'PENDING_PAYMENT' GROUP BY option_id) l ON l.option_id = o.id
     WHERE o.reserved <> COALESCE(l.held, 0)`,
  'a coupon counts what was issued, without a gap': `
    SELECT c.id FROM coupon c LEFT JOIN issued_coupon i ON i.coupon_id = c.id GROUP BY c.id
    HAVING c.issued <> count(i.user_id) OR c.issued <> COALESCE(max(i.sequence), 0)`,
  'a paid order has its payment, and a payment its order': `
    SELECT o.id FROM orders o FULL JOIN payment p ON p.id = o.payment_id
     WHERE (o.payment_id IS NOT NULL OR p.id IS NOT NULL)
       AND (o.id, o.status, o.total) IS DISTINCT FROM (p.order_id, p.status, p.amount)`,
  'a payment above 0 has taken its amount once, and a refund has given it back once': `
    SELECT p.id FROM payment p LEFT JOIN balance_transaction t ON t.reference_id = p.id GROUP BY p.id
    HAVING count(t.id) <> CASE WHEN p.amount = 0 THEN 0 WHEN p.status = 'PAID' THEN 1 ELSE 2 END
        OR COALESCE(sum(t.amount), 0) <> CASE p.status WHEN 'PAID' THEN -p.amount ELSE 0 END`,
  'a payment is reported once, and so is its refund': `
    SELECT p.id FROM payment p LEFT JOIN outbox_event e ON e.subject_id = p.id GROUP BY p.id
    HAVING count(e.id) <> CASE p.status WHEN 'PAID' THEN 1 ELSE 2 END`,
};

/** The rules that are broken, with the ids that break them: none in a shop that is right. */
export async function brokenRules(shop: TestShop): Promise<Record<string, object[]>> {
  const broken: Record<string, object[]> = {};
  for (const [rule, query] of Object.entries(RULES)) {
    const rows = await shop.sql<object>(query);
    if (rows.length > 0) broken[rule] = rows;
  }
  return broken;
}

/** How many rows there are of everything that a request can write. */
export async function rowCounts(shop: TestShop): Promise<Record<string, number>> {
  const tables = await shop.sql<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('job_run', 'ranking_snapshot')`,
  );
  const counts = tables.map(({ name }) => `SELECT '${name}' AS name, count(*)::int AS count FROM ${name}`);
  const rows = await shop.sql<{ name: string; count: number }>(counts.join(' UNION ALL '));
  return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
}
