import { OPTIONS, type Round, type SeedPlan, YEARS } from './seed-plan';

/** A number from 0 up to and without `limit` that looks random and is the same for the same order. */
const draw = (limit: number, kind: number) => `(hashint8extended(n, ${kind}) & 2147483647) % ${limit}`;
/** Won: the price of the option with that number. */
export const priceOf = (option: string) => `(1000 * (1 + (${option}) % 50))`;
/** The number of the option of a line. The step is never half of the options, so that all three differ. */
const optionOf = (line: string) => `((first + ${line} * step) % ${OPTIONS})`;
const quantityOf = (line: string) => `(1 + (pieces + ${line}) % 3)`;
/** The time at which the story ends, as SQL. */
export const timeOf = ({ end }: SeedPlan) => `'${end.toISOString()}'::timestamptz`;
/** The coupon of a round. */
export const couponId = (round: number) => `'00000000-0000-7000-8000-${String(round).padStart(12, '0')}'::uuid`;
/** A UUIDv7 that was made at that time. */
export const idAt = (time: string) => `uuidv7(${time} - clock_timestamp())`;

const MOST_LINES = 3;
/** Won that a coupon takes off: less than the cheapest order costs. */
const DISCOUNT = 500;

const subtotal = Array.from(
  { length: MOST_LINES },
  (_, line) =>
    `CASE WHEN lines > ${line} THEN ${priceOf(optionOf(String(line)))} * ${quantityOf(String(line))} ELSE 0 END`,
).join(' + ');

/**
 * The orders of a round with all that the tables say of them, in order of time. A customer who lacks money charges
 * before paying.
 */
export function planRound(plan: SeedPlan, { number, from, to }: Round): string {
  const { customers, stride, busyFrom, busyDays, pendingFrom, orders } = plan;
  const end = timeOf(plan);
  const quiet = `${end} - interval '${YEARS} years'
        + (${YEARS} * interval '1 year' - interval '${busyDays} days') * (n / ${busyFrom}::float8)`;
  const busy = `${end} - interval '${busyDays} days'
        + interval '${busyDays} days' * ((n - ${busyFrom}) / ${orders - busyFrom}::float8)`;
  return `
    CREATE UNLOGGED TABLE seed.round AS
    WITH drawn AS MATERIALIZED (
      SELECT n, (n * ${stride} + ${number}) % ${customers} AS customer, ${draw(1_000, 1)} AS fate,
             ${draw(5, 2)} = 0 AS has_coupon, 1 + ${draw(MOST_LINES, 3)} AS lines,
             -- Popular are those with low numbers.
             (${OPTIONS} * power(${draw(1_000_000, 4)} / 1000000::float8, 1.5))::integer % ${OPTIONS} AS first,
             1 + ${draw(OPTIONS / 2 - 1, 5)} AS step, ${draw(3, 6)} AS pieces,
             CASE WHEN n < ${busyFrom} THEN ${quiet} ELSE ${busy} END::timestamptz(3) AS placed_at
        FROM generate_series(${from}::bigint, ${to - 1}::bigint) AS n),
    priced AS MATERIALIZED (
      SELECT *, ${subtotal} AS subtotal, CASE WHEN has_coupon THEN ${DISCOUNT} ELSE 0 END AS discount,
             CASE WHEN n >= ${pendingFrom} THEN 'PENDING_PAYMENT' WHEN fate < 900 THEN 'PAID' WHEN fate < 930 THEN 'REFUNDED'
                  WHEN fate < 965 THEN 'CANCELLED' ELSE 'EXPIRED' END AS status
        FROM drawn),
    timed AS MATERIALIZED (
      SELECT *, subtotal - discount AS total, status IN ('PAID', 'REFUNDED') AS is_paid,
             least(placed_at + ${draw(600, 7)} * interval '1 second', ${end})::timestamptz(3) AS payable_at
        FROM priced)
    SELECT t.n, 'customer-' || lpad(t.customer::text, 7, '0') AS user_id, t.customer, t.status, t.is_paid, t.has_coupon,
           CASE WHEN has_coupon THEN ${couponId(number)} END AS coupon_id, t.lines, t.first, t.step, t.pieces,
           t.subtotal, t.discount, t.total, t.placed_at,
           CASE WHEN is_paid THEN payable_at END AS paid_at,
           CASE WHEN status = 'REFUNDED'
                THEN least(payable_at + ${draw(86_400, 8)} * interval '1 second', ${end})::timestamptz(3) END AS refunded_at,
           ${idAt('t.placed_at')} AS order_id, CASE WHEN is_paid THEN ${idAt('payable_at')} END AS payment_id,
           ${idAt('t.placed_at')} AS charge_id, s.amount AS held, s.last_sequence,
           CASE WHEN is_paid AND s.amount < t.total THEN 100000 * ceil((t.total - s.amount) / 100000::float8 + 1)::bigint
                ELSE 0 END AS charged
      FROM timed t JOIN seed.customer s ON s.customer = t.customer
     ORDER BY t.n`;
}

/** What each customer holds after the round: the next one begins with it. */
export const SETTLE_ROUND = `
  CREATE UNLOGGED TABLE seed.customer_after AS
  SELECT customer, held + charged - CASE WHEN status = 'PAID' THEN total ELSE 0 END AS amount,
         last_sequence + (charged > 0)::integer + is_paid::integer + (status = 'REFUNDED')::integer AS last_sequence
    FROM seed.round`;

/** The lines of the round's orders, each with its option. */
export const LINES = `
  seed.round r
  CROSS JOIN LATERAL generate_series(0, r.lines - 1) AS line
  JOIN seed.option o ON o.number = ${optionOf('line')}`;

export const LINE_QUANTITY = quantityOf('line');
