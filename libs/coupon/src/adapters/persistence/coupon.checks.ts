import { type AuditCheck, rowsOf, type Since } from '@app/platform';

/** All coupons of those who got one lately. */
const holdersLately = ({ at }: Since): string => `
  customer AS (SELECT DISTINCT user_id FROM issued_coupon WHERE issued_at >= ${at}),
  issued_coupon AS MATERIALIZED (${rowsOf('issued_coupon', 'user_id', 'customer.user_id')})`;

/** What must hold for coupons and those who hold them; which order does is for the orders to say. */
export const COUPON_CHECKS: readonly AuditCheck[] = [
  {
    name: 'coupon.count',
    query: `
      SELECT c.id AS "couponId", c.total_quantity AS "totalQuantity", c.issued, COALESCE(i.holders, 0) AS holders,
             i.first, i.last
        FROM coupon c
        LEFT JOIN (SELECT coupon_id, count(*) AS holders, count(DISTINCT sequence) AS numbers,
                          min(sequence) AS first, max(sequence) AS last
                     FROM issued_coupon GROUP BY coupon_id) i ON i.coupon_id = c.id
       WHERE c.issued <> COALESCE(i.holders, 0) OR c.issued > c.total_quantity
          OR i.first <> 1 OR i.last <> i.holders OR i.numbers <> i.holders`,
  },
  {
    name: 'coupon.once',
    inParts: { lately: holdersLately, along: ['issued_coupon.user_id'] },
    query: `
      SELECT coupon_id AS "couponId", user_id AS "userId", count(*) AS times
        FROM issued_coupon GROUP BY coupon_id, user_id HAVING count(*) > 1`,
  },
  {
    name: 'coupon.once',
    query: `
      SELECT i.coupon_id AS "couponId", i.user_id AS "userId", i.issued_at AS "issuedAt", c.valid_from AS "validFrom",
             c.valid_until AS "validUntil"
        FROM issued_coupon i JOIN coupon c ON c.id = i.coupon_id
       WHERE i.issued_at < c.valid_from OR i.issued_at >= c.valid_until`,
  },
];
