import { FIRST_HOUR } from '@app/order';
import type { AuditCheck } from '@app/platform';
import { PLACES } from '../../domain/ranking';

/** When a UUIDv7 was made. */
const madeAt = (id: string) =>
  `to_timestamp(('x' || left(replace(${id}::text, '-', ''), 12))::bit(48)::bigint / 1000.0)`;

/** Whether a UUIDv7 was made since then. It has an upper end, too: so the server knows that few are meant. */
const madeSince = (id: string, time: string) =>
  `${id} BETWEEN rpad(lpad(to_hex((extract(epoch FROM ${time}) * 1000)::bigint), 12, '0'), 32, '0')::uuid
              AND 'ffffffff-ffff-ffff-ffff-ffffffffffff'`;

/**
 * The newest ranking, counted again: whole hours by `product_sales`, which another check holds to the lines of orders,
 * and single orders where an hour is not whole, or says more or less than the ranking could know. Two kinds of sales
 * may or may not have been seen by it, and both answers are right:
 *
 * - what was under way: a payment or refund bears the time at which its transaction began, and a transaction lives five
 *   seconds, longer when the server itself was stopped in the middle. 30 seconds around the ranking are left to those.
 * - what was written afterwards about a time before it, as a demo load does by a clock of the past: its payment id,
 *   which is made by the real clock, is younger than the ranking.
 *
 * So for each product there is a least and a most that can have been counted, in units and in won. What was counted
 * lies between them, and nothing is ranked before what surely sold better. Without such sales both are the same and
 * the check is exact. A ranking by the clock of another machine may be held to sales that it missed, until the next one.
 * One that is older than the hours are kept is held to nothing.
 */
const RANKING = `
  WITH newest AS (
    SELECT window_from, window_to, items FROM ranking_snapshot ORDER BY generated_at DESC LIMIT 1),
  around AS (
    SELECT *, window_to - interval '30 seconds' AS before, window_to + interval '30 seconds' AS after,
           date_trunc('hour', window_from + interval '1 hour' - interval '1 microsecond', 'UTC') AS first_hour,
           date_trunc('hour', window_to - interval '30 seconds', 'UTC') AS end_of_hours,
           -- By ids, which are made by the clock of a machine that need not be right.
           window_to - interval '1 hour' AS recently
      FROM newest WHERE window_from >= ${FIRST_HOUR}),
  single AS (
    SELECT o.id FROM around n, LATERAL (
      SELECT id FROM orders WHERE status = 'PAID' AND paid_at >= n.window_from AND paid_at < n.first_hour OFFSET 0) o
    UNION SELECT o.id FROM around n, LATERAL (
      SELECT id FROM orders WHERE status = 'PAID' AND paid_at >= n.end_of_hours AND paid_at < n.window_to OFFSET 0) o
    UNION SELECT o.id FROM around n, LATERAL (
      SELECT id FROM orders WHERE ${madeSince('payment_id', 'n.recently')} OFFSET 0) o
    UNION SELECT r.order_id FROM around n, LATERAL (
      SELECT order_id, kind FROM stock_movement WHERE ${madeSince('id', 'n.recently')} OFFSET 0) r
     WHERE r.kind = 'RETURN'),
  sale AS (
    SELECT l.product_id, l.quantity, l.amount,
           o.paid_at < n.before AND ${madeAt('o.payment_id')} < n.before
             AND (o.status = 'PAID' OR r.created_at > n.after) AS is_sure,
           o.status = 'PAID' AND o.paid_at >= n.first_hour AND o.paid_at < n.end_of_hours AS is_in_hour
      FROM around n, single s
     CROSS JOIN LATERAL (SELECT * FROM orders WHERE id = s.id OFFSET 0) o
     CROSS JOIN LATERAL (SELECT * FROM order_line WHERE order_id = s.id OFFSET 0) l
      LEFT JOIN stock_movement r ON r.order_id = l.order_id AND r.option_id = l.option_id AND r.kind = 'RETURN'
     WHERE o.paid_at >= n.window_from AND o.paid_at < n.window_to
       AND (o.status = 'PAID' OR o.status = 'REFUNDED' AND r.created_at > n.before)),
  counted AS (
    SELECT product_id, quantity AS most, amount AS most_won, quantity AS least, amount AS least_won
      FROM around n JOIN product_sales ON hour >= n.first_hour AND hour < n.end_of_hours
    UNION ALL
    SELECT product_id, quantity * (1 - is_in_hour::int), amount * (1 - is_in_hour::int),
           quantity * (is_sure::int - is_in_hour::int), amount * (is_sure::int - is_in_hour::int)
      FROM sale),
  sold AS (
    SELECT product_id::text AS product, sum(most) AS most, sum(most_won) AS most_won, sum(least) AS least,
           sum(least_won) AS least_won
      FROM counted GROUP BY product_id),
  listed AS (
    SELECT place, item ->> 'productId' AS product, (item ->> 'rank')::numeric AS rank,
           (item ->> 'soldQuantity')::numeric AS quantity
      FROM around, jsonb_array_elements(items) WITH ORDINALITY AS i (item, place)),
  entry AS (
    SELECT product, place, rank, l.quantity, COALESCE(least, 0) AS least, COALESCE(most, 0) AS most,
           COALESCE(least_won, 0) AS least_won, COALESCE(most_won, 0) AS most_won,
           COALESCE(l.quantity, least) AS at_least
      FROM listed l FULL JOIN sold USING (product))
  SELECT product AS "productId", place, quantity AS "soldQuantity", least, most, 'not what was sold' AS problem
    FROM entry WHERE quantity NOT BETWEEN greatest(least, 1) AND most
  UNION ALL
  SELECT min(product), min(place), NULL, NULL, NULL, 'place taken wrongly'
    FROM listed GROUP BY product HAVING count(*) > 1 OR min(rank) <> min(place) OR max(place) > ${PLACES}
  UNION ALL
  SELECT product, place, quantity, least, most, 'should come earlier'
    FROM entry better
   WHERE EXISTS (
           SELECT FROM entry worse
            WHERE worse.place < COALESCE(better.place, ${PLACES + 1})
              AND (better.at_least > worse.quantity
                   OR better.at_least = worse.quantity AND better.least_won > worse.most_won
                   OR better.at_least = worse.quantity AND better.least_won = worse.most_won
                      AND better.product COLLATE "C" < worse.product COLLATE "C"))
      OR place IS NULL AND least > 0 AND (SELECT count(*) FROM listed) < ${PLACES}`;

/** What must hold for the ranking that is served. */
export const RANKING_CHECKS: readonly AuditCheck[] = [{ name: 'ranking', query: RANKING }];
