import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was sold in an hour and not refunded, as the ranking adds it up, kept for as long as a ranking may ask. */
const KEPT = `paid_at >= date_trunc('hour', now(), 'UTC') - interval '7 days'`;

/**
 * Sales by hour and product, so that a ranking need not read every line of three days. A trigger keeps them, in the
 * transaction that changes an order: whoever does, none can forget it, and it costs no round trip. An order counts in
 * the hour of its payment while it is PAID. Rows are locked in ascending key, after everything else that a payment locks.
 */
export class CountSalesByHour1764115200000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    // The trigger comes first: it waits for whoever is paying, and who pays next waits for this transaction.
    for (const statement of [TABLE, FUNCTION, TRIGGER, FILL, JOB_RUN_BY_AGE]) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX job_run_by_age');
    await queryRunner.query('DROP TRIGGER orders_are_counted ON orders');
    await queryRunner.query('DROP FUNCTION count_sales()');
    await queryRunner.query('DROP TABLE product_sales');
  }
}

/** Room on the pages, so that the hour that everybody adds to stays where it is. */
const TABLE = `
  CREATE TABLE product_sales (
    hour timestamptz NOT NULL,
    product_id uuid NOT NULL,
    quantity bigint NOT NULL,
    amount bigint NOT NULL,
    PRIMARY KEY (hour, product_id)
  ) WITH (fillfactor = 70)`;

const FUNCTION = `
  CREATE FUNCTION count_sales() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO product_sales AS counted (hour, product_id, quantity, amount)
    SELECT date_trunc('hour', paid_at, 'UTC') AS hour, product_id, sum(sign * quantity), sum(sign * amount)
      FROM (SELECT id, paid_at, 1 AS sign FROM orders_after WHERE status = 'PAID'
            UNION ALL SELECT id, paid_at, -1 FROM orders_before WHERE status = 'PAID') AS sold
      JOIN order_line ON order_id = id
     WHERE ${KEPT}
     GROUP BY hour, product_id HAVING sum(sign * quantity) <> 0 OR sum(sign * amount) <> 0
     ORDER BY hour, product_id
    ON CONFLICT (hour, product_id) DO UPDATE
       SET quantity = counted.quantity + excluded.quantity, amount = counted.amount + excluded.amount;
    RETURN NULL;
  END $$`;

const TRIGGER = `
  CREATE TRIGGER orders_are_counted AFTER UPDATE ON orders
    REFERENCING OLD TABLE AS orders_before NEW TABLE AS orders_after
    FOR EACH STATEMENT EXECUTE FUNCTION count_sales()`;

const FILL = `
  INSERT INTO product_sales (hour, product_id, quantity, amount)
  SELECT date_trunc('hour', paid_at, 'UTC') AS hour, product_id, sum(quantity), sum(amount)
    FROM orders JOIN order_line ON order_id = id
   WHERE status = 'PAID' AND ${KEPT}
   GROUP BY hour, product_id`;

/** For the purge: a shop that ends orders every second leaves as many lines. */
const JOB_RUN_BY_AGE = 'CREATE INDEX job_run_by_age ON job_run (ended_at)';
