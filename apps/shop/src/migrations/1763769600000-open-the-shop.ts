import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The schema says what a row, a key or a reference can say; what takes a sum over rows is the audit's. Constraints are
 * named after the rule, so that a violation in a log explains itself. Times come from the unit of work, ids from the service (UUIDv7).
 */
export class OpenTheShop1763769600000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of [...PRODUCT, ...BALANCE, ...COUPON, ...ORDER, ...PAYMENT, ...RANKING, ...PLATFORM]) {
      await queryRunner.query(statement);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE job_run, outbox_event, idempotency_key, ranking_snapshot, payment, order_line, orders, issued_coupon,
        coupon, balance_transaction, balance, stock_movement, product_option, product`);
    await queryRunner.query('DROP FUNCTION refuse_change()');
  }
}

/** A ledger that can be edited proves nothing. */
const appendOnly = (table: string) =>
  `CREATE TRIGGER ${table}_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
     FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`;

const PRODUCT = [
  `CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$`,
  `CREATE TABLE product (
     id uuid PRIMARY KEY,
     name text NOT NULL CONSTRAINT product_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
     description text NOT NULL,
     on_sale boolean NOT NULL,
     created_at timestamptz(3) NOT NULL
   )`,
  'CREATE INDEX product_newest ON product (created_at DESC, id DESC)',
  'CREATE INDEX product_by_name ON product (name, id)',
  `CREATE TABLE product_option (
     id uuid PRIMARY KEY,
     product_id uuid NOT NULL REFERENCES product,
     name text NOT NULL CONSTRAINT product_option_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
     price bigint NOT NULL CONSTRAINT product_option_price_in_range CHECK (price BETWEEN 0 AND 100000000),
     on_hand integer NOT NULL CONSTRAINT product_option_on_hand_not_negative CHECK (on_hand >= 0),
     reserved integer NOT NULL,
     CONSTRAINT product_option_reserved_at_most_on_hand CHECK (reserved BETWEEN 0 AND on_hand)
   )`,
  'CREATE INDEX product_option_of_product ON product_option (product_id, id)',
  `CREATE TABLE stock_movement (
     id uuid PRIMARY KEY,
     option_id uuid NOT NULL REFERENCES product_option,
     kind text NOT NULL,
     quantity integer NOT NULL,
     order_id uuid,
     created_at timestamptz(3) NOT NULL,
     CONSTRAINT stock_movement_sign_fits_kind CHECK (CASE kind
       WHEN 'INITIAL' THEN quantity >= 0 WHEN 'RESTOCK' THEN quantity <> 0
       WHEN 'SALE' THEN quantity < 0 WHEN 'RETURN' THEN quantity > 0 ELSE false END),
     CONSTRAINT stock_movement_order_fits_kind CHECK ((kind IN ('SALE', 'RETURN')) = (order_id IS NOT NULL)),
     CONSTRAINT stock_movement_once_an_order UNIQUE (order_id, option_id, kind)
   )`,
  'CREATE INDEX stock_movement_of_option ON stock_movement (option_id)',
  `CREATE UNIQUE INDEX stock_movement_one_initial ON stock_movement (option_id) WHERE kind = 'INITIAL'`,
  appendOnly('stock_movement'),
];

const BALANCE = [
  `CREATE TABLE balance (
     user_id text PRIMARY KEY,
     amount bigint NOT NULL CONSTRAINT balance_amount_in_range CHECK (amount BETWEEN 0 AND 1000000000),
     last_sequence integer NOT NULL CONSTRAINT balance_sequence_not_negative CHECK (last_sequence >= 0)
   )`,
  `CREATE TABLE balance_transaction (
     id uuid PRIMARY KEY,
     user_id text NOT NULL REFERENCES balance,
     sequence integer NOT NULL CONSTRAINT balance_transaction_sequence_positive CHECK (sequence > 0),
     type text NOT NULL,
     amount bigint NOT NULL,
     balance_after bigint NOT NULL CONSTRAINT balance_transaction_after_in_range CHECK (balance_after BETWEEN 0 AND 1000000000),
     reference_id uuid,
     idempotency_key text,
     created_at timestamptz(3) NOT NULL,
     CONSTRAINT balance_transaction_sign_fits_type CHECK (CASE type
       WHEN 'CHARGE' THEN amount > 0 WHEN 'REFUND' THEN amount > 0 WHEN 'PAYMENT' THEN amount < 0 ELSE false END),
     CONSTRAINT balance_transaction_reference_fits_type CHECK ((type = 'CHARGE') = (reference_id IS NULL)),
     CONSTRAINT balance_transaction_sequence_once UNIQUE (user_id, sequence),
     CONSTRAINT balance_transaction_reference_once UNIQUE (reference_id, type),
     CONSTRAINT balance_transaction_key_once UNIQUE (user_id, idempotency_key)
   )`,
  appendOnly('balance_transaction'),
];

const COUPON = [
  `CREATE TABLE coupon (
     id uuid PRIMARY KEY,
     name text NOT NULL CONSTRAINT coupon_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
     discount_type text NOT NULL,
     discount_value bigint NOT NULL,
     max_discount_amount bigint CONSTRAINT coupon_max_discount_positive CHECK (max_discount_amount > 0),
     min_order_amount bigint NOT NULL CONSTRAINT coupon_min_order_not_negative CHECK (min_order_amount >= 0),
     total_quantity integer NOT NULL CONSTRAINT coupon_quantity_in_range CHECK (total_quantity BETWEEN 1 AND 10000000),
     issued integer NOT NULL,
     valid_from timestamptz(3) NOT NULL,
     valid_until timestamptz(3) NOT NULL,
     created_at timestamptz(3) NOT NULL,
     CONSTRAINT coupon_discount_in_range CHECK (CASE discount_type
       WHEN 'FIXED' THEN discount_value BETWEEN 1 AND 100000000
       WHEN 'PERCENT' THEN discount_value BETWEEN 1 AND 100 ELSE false END),
     CONSTRAINT coupon_issued_at_most_total CHECK (issued BETWEEN 0 AND total_quantity),
     CONSTRAINT coupon_window_not_empty CHECK (valid_from < valid_until)
   )`,
  'CREATE INDEX coupon_by_end ON coupon (valid_until, id)',
  `CREATE TABLE issued_coupon (
     coupon_id uuid NOT NULL REFERENCES coupon,
     user_id text NOT NULL,
     sequence integer NOT NULL CONSTRAINT issued_coupon_sequence_positive CHECK (sequence > 0),
     status text NOT NULL CONSTRAINT issued_coupon_status_known CHECK (status IN ('AVAILABLE', 'RESERVED', 'USED')),
     order_id uuid,
     issued_at timestamptz(3) NOT NULL,
     PRIMARY KEY (coupon_id, user_id),
     CONSTRAINT issued_coupon_sequence_once UNIQUE (coupon_id, sequence),
     CONSTRAINT issued_coupon_order_fits_status CHECK ((status = 'AVAILABLE') = (order_id IS NULL))
   )`,
  'CREATE INDEX issued_coupon_of_user ON issued_coupon (user_id, issued_at DESC, coupon_id DESC)',
  'CREATE UNIQUE INDEX issued_coupon_one_an_order ON issued_coupon (order_id) WHERE order_id IS NOT NULL',
];

const ORDER = [
  `CREATE TABLE orders (
     id uuid PRIMARY KEY,
     user_id text NOT NULL,
     status text NOT NULL CONSTRAINT orders_status_known
       CHECK (status IN ('PENDING_PAYMENT', 'PAID', 'CANCELLED', 'EXPIRED', 'REFUNDED')),
     coupon_id uuid,
     subtotal bigint NOT NULL CONSTRAINT orders_subtotal_not_negative CHECK (subtotal >= 0),
     discount bigint NOT NULL,
     total bigint NOT NULL,
     placed_at timestamptz(3) NOT NULL,
     expires_at timestamptz(3) NOT NULL,
     paid_at timestamptz(3),
     payment_id uuid CONSTRAINT orders_payment_once UNIQUE,
     CONSTRAINT orders_discount_at_most_subtotal CHECK (discount BETWEEN 0 AND subtotal),
     CONSTRAINT orders_total_is_subtotal_less_discount CHECK (total = subtotal - discount),
     CONSTRAINT orders_discount_needs_coupon CHECK (discount = 0 OR coupon_id IS NOT NULL),
     CONSTRAINT orders_payment_fits_status CHECK ((status IN ('PAID', 'REFUNDED')) = (payment_id IS NOT NULL)),
     CONSTRAINT orders_paid_at_with_payment CHECK ((paid_at IS NULL) = (payment_id IS NULL)),
     CONSTRAINT orders_coupon_of_same_user FOREIGN KEY (coupon_id, user_id) REFERENCES issued_coupon (coupon_id, user_id)
   )`,
  'CREATE INDEX orders_of_user ON orders (user_id, placed_at DESC, id DESC)',
  `CREATE INDEX orders_due ON orders (expires_at, id) WHERE status = 'PENDING_PAYMENT'`,
  `CREATE INDEX orders_sold ON orders (paid_at) WHERE status = 'PAID'`,
  `CREATE TABLE order_line (
     order_id uuid NOT NULL REFERENCES orders,
     option_id uuid NOT NULL REFERENCES product_option,
     position smallint NOT NULL,
     product_id uuid NOT NULL REFERENCES product,
     product_name text NOT NULL,
     option_name text NOT NULL,
     unit_price bigint NOT NULL CONSTRAINT order_line_price_in_range CHECK (unit_price BETWEEN 0 AND 100000000),
     quantity integer NOT NULL CONSTRAINT order_line_quantity_positive CHECK (quantity BETWEEN 1 AND 50000),
     amount bigint NOT NULL,
     PRIMARY KEY (order_id, option_id),
     CONSTRAINT order_line_amount_is_price_times_quantity CHECK (amount = unit_price * quantity)
   )`,
];

const PAYMENT = [
  `CREATE TABLE payment (
     id uuid PRIMARY KEY,
     order_id uuid NOT NULL REFERENCES orders CONSTRAINT payment_once_an_order UNIQUE,
     user_id text NOT NULL,
     status text NOT NULL CONSTRAINT payment_status_known CHECK (status IN ('PAID', 'REFUNDED')),
     subtotal bigint NOT NULL,
     discount bigint NOT NULL,
     amount bigint NOT NULL CONSTRAINT payment_amount_not_negative CHECK (amount >= 0),
     balance_after bigint NOT NULL CONSTRAINT payment_balance_after_in_range CHECK (balance_after BETWEEN 0 AND 1000000000),
     paid_at timestamptz(3) NOT NULL,
     refunded_at timestamptz(3),
     CONSTRAINT payment_amount_is_subtotal_less_discount CHECK (amount = subtotal - discount),
     CONSTRAINT payment_refund_time_fits_status CHECK ((status = 'REFUNDED') = (refunded_at IS NOT NULL))
   )`,
];

const RANKING = [
  `CREATE TABLE ranking_snapshot (
     generated_at timestamptz(3) PRIMARY KEY,
     window_from timestamptz(3) NOT NULL,
     window_to timestamptz(3) NOT NULL,
     items jsonb NOT NULL,
     CONSTRAINT ranking_snapshot_window_not_empty CHECK (window_from < window_to)
   )`,
];

const PLATFORM = [
  `CREATE TABLE idempotency_key (
     user_id text NOT NULL,
     key text NOT NULL,
     claim_id uuid NOT NULL,
     fingerprint text NOT NULL,
     request_id text,
     outcome json,
     created_at timestamptz(3) NOT NULL DEFAULT now(),
     PRIMARY KEY (user_id, key),
     CONSTRAINT idempotency_key_only_outcomes CHECK (
       outcome #>> '{refusal,kind}' IS NULL OR outcome #>> '{refusal,kind}' IN ('conflict', 'not-found'))
   ) WITH (fillfactor = 70)`,
  'CREATE INDEX idempotency_key_by_age ON idempotency_key (created_at)',
  `CREATE TABLE outbox_event (
     id uuid PRIMARY KEY,
     type text NOT NULL,
     subject_id uuid NOT NULL,
     payload jsonb NOT NULL,
     status text NOT NULL CONSTRAINT outbox_event_status_known CHECK (status IN ('PENDING', 'DELIVERED', 'DEAD')),
     attempts integer NOT NULL DEFAULT 0 CONSTRAINT outbox_event_attempts_not_negative CHECK (attempts >= 0),
     last_error text,
     next_attempt_at timestamptz(3) NOT NULL,
     lease uuid,
     delivered_at timestamptz(3),
     created_at timestamptz(3) NOT NULL,
     CONSTRAINT outbox_event_once UNIQUE (subject_id, type),
     CONSTRAINT outbox_event_delivery_time_fits_status CHECK ((status = 'DELIVERED') = (delivered_at IS NOT NULL))
   )`,
  `CREATE INDEX outbox_event_due ON outbox_event (next_attempt_at) WHERE status = 'PENDING'`,
  'CREATE INDEX outbox_event_newest ON outbox_event (created_at DESC, id DESC)',
  `CREATE INDEX outbox_event_undelivered ON outbox_event (status, created_at DESC, id DESC) WHERE status <> 'DELIVERED'`,
  `CREATE TABLE job_run (
     id uuid PRIMARY KEY,
     job text NOT NULL,
     started_at timestamptz(3) NOT NULL,
     ended_at timestamptz(3) NOT NULL,
     rows integer NOT NULL,
     error text
   )`,
  'CREATE INDEX job_run_newest ON job_run (job, started_at DESC)',
];
