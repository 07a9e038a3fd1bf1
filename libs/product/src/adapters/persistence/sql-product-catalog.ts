import { TypeOrmUnitOfWork } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { ProductCatalog, type ProductSummary } from '../../application/ports/product-catalog';

@Injectable()
export class SqlProductCatalog extends ProductCatalog {
  constructor(private readonly unitOfWork: TypeOrmUnitOfWork) {
    super();
  }

  async summariesOf(productIds: readonly string[]): Promise<ReadonlyMap<string, ProductSummary>> {
    const rows = await this.unitOfWork.query<ProductSummary>(
      `SELECT p.id AS "productId", p.name, min(o.price) AS price
         FROM product p JOIN product_option o ON o.product_id = p.id
        WHERE p.id = ANY($1::uuid[]) GROUP BY p.id`,
      [productIds],
    );
    return new Map(rows.map((summary) => [summary.productId, summary]));
  }
}
