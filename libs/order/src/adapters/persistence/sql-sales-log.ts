import { TypeOrmUnitOfWork } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { type ProductSales, SalesLog } from '../../application/ports/sales-log';

@Injectable()
export class SqlSalesLog extends SalesLog {
  constructor(private readonly unitOfWork: TypeOrmUnitOfWork) {
    super();
  }

  bestSellers(from: Date, to: Date, limit: number): Promise<ProductSales[]> {
    return this.unitOfWork.query<ProductSales>(
      `SELECT l.product_id AS "productId", sum(l.quantity) AS quantity, sum(l.amount)::bigint AS amount
         FROM orders o JOIN order_line l ON l.order_id = o.id
        WHERE o.status = 'PAID' AND o.paid_at >= $1 AND o.paid_at < $2
        GROUP BY l.product_id
        ORDER BY sum(l.quantity) DESC, sum(l.amount) DESC, l.product_id LIMIT $3`,
      [from, to, limit],
    );
  }
}
