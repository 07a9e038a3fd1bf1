import { TypeOrmUnitOfWork } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { type ProductSales, SalesLog } from '../../application/ports/sales-log';
import { FIRST_HOUR } from './product-sales';

/** Milliseconds. */
const HOUR = 3_600_000;

/** Of the orders paid in a time, line by line: looked up one by one, whatever share of all orders that is. */
const linesOf = (time: string) => `
  SELECT l.product_id, l.quantity, l.amount
    FROM orders o
   CROSS JOIN LATERAL (SELECT * FROM order_line WHERE order_id = o.id OFFSET 0) AS l
   WHERE o.status = 'PAID' AND ${time}`;

/**
 * Whole hours as they were counted when the orders were paid, the rest of the window from the lines. $3 and $4 are the
 * first whole hour and the end of the last. Hours longer ago than those that are surely kept are read from the lines.
 */
const BEST_SELLERS = `
  WITH hours AS (
    SELECT greatest($3::timestamptz, ${FIRST_HOUR}) AS first, $4::timestamptz AS last),
  sold AS (
    SELECT product_id, quantity, amount FROM product_sales
     WHERE hour >= (SELECT first FROM hours) AND hour < (SELECT last FROM hours)
    UNION ALL ${linesOf('o.paid_at >= $1 AND o.paid_at < (SELECT least(first, $2) FROM hours)')}
    UNION ALL ${linesOf('o.paid_at >= (SELECT greatest(first, last) FROM hours) AND o.paid_at < $2')})
  SELECT product_id AS "productId", sum(quantity)::bigint AS quantity, sum(amount)::bigint AS amount
    FROM sold GROUP BY product_id HAVING sum(quantity) > 0
   ORDER BY quantity DESC, amount DESC, product_id LIMIT $5`;

const FORGET = `DELETE FROM product_sales WHERE hour < ${FIRST_HOUR} - interval '2 days' RETURNING 1`;

@Injectable()
export class SqlSalesLog extends SalesLog {
  constructor(private readonly unitOfWork: TypeOrmUnitOfWork) {
    super();
  }

  async forgetOld(): Promise<number> {
    return (await this.unitOfWork.query(FORGET)).length;
  }

  bestSellers(from: Date, to: Date, limit: number): Promise<ProductSales[]> {
    const first = new Date(Math.ceil(from.getTime() / HOUR) * HOUR);
    const last = new Date(Math.floor(to.getTime() / HOUR) * HOUR);
    return this.unitOfWork.query<ProductSales>(BEST_SELLERS, [from, to, first, last, limit]);
  }
}
