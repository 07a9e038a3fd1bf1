import type { AuditCheck } from '@app/platform';

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
    query: `
      SELECT coupon_id AS "couponId", user_id AS "userId", count(*) AS times, NULL::timestamptz AS "issuedAt"
        FROM issued_coupon GROUP BY coupon_id, user_id HAVING count(*) > 1
      UNION ALL
      SELECT i.coupon_id, i.user_id, 1, i.issued_at FROM issued_coupon i JOIN coupon c ON c.id = i.coupon_id
       WHERE i.issued_at < c.valid_from OR i.issued_at >= c.valid_until`,
  },
];
