import { decodeCursor, encodeCursor, type Form, ID, TIMESTAMP, TypeOrmUnitOfWork, textBetween } from '@app/platform';
import { type Page, pageOf } from '@app/shared';
import { Injectable } from '@nestjs/common';
import { type ListProducts, ProductReader, type ProductSort } from '../../application/ports/product-reader';
import type { ProductView } from '../../application/product-view';

type ProductJoin = Omit<ProductView, 'createdAt'> & { readonly createdAt: Date };

interface Order {
  readonly by: string;
  /** The rows behind a position, whose two parameters follow. */
  after(key: string, id: string): string;
  keyOf(product: ProductView): string;
  readonly key: Form<Date> | Form<string>;
}

const ORDERS: Record<ProductSort, Order> = {
  newest: {
    by: 'created_at DESC, id DESC',
    after: (key, id) => `(created_at, id) < (${key}::timestamptz, ${id}::uuid)`,
    keyOf: ({ createdAt }) => createdAt,
    key: TIMESTAMP,
  },
  name: {
    by: 'name, id',
    after: (key, id) => `(name, id) > (${key}::text, ${id}::uuid)`,
    keyOf: ({ name }) => name,
    key: textBetween(1, 200),
  },
};

/** Products with their options in one statement, so that a page is one moment of the shop. */
@Injectable()
export class SqlProductReader extends ProductReader {
  constructor(private readonly unitOfWork: TypeOrmUnitOfWork) {
    super();
  }

  async list({ sort, q, limit, cursor }: ListProducts): Promise<Page<ProductView>> {
    const order = ORDERS[sort];
    const list = `products:${sort}:${q ?? ''}`;
    const values: unknown[] = [];
    const parameter = (value: unknown): string => `$${values.push(value)}`;
    const conditions = ['on_sale'];
    if (q !== undefined) conditions.push(`name ILIKE ${parameter(`%${literally(q)}%`)}`);
    if (cursor !== undefined) {
      const [key, id] = decodeCursor(list, cursor, order.key, ID);
      conditions.push(order.after(parameter(key), parameter(id)));
    }
    const rows = await this.unitOfWork.query<ProductJoin>(
      withOptions(
        `SELECT * FROM product WHERE ${conditions.join(' AND ')} ORDER BY ${order.by} LIMIT ${parameter(limit + 1)}`,
        order.by,
      ),
      values,
    );
    return pageOf(rows.map(toView), limit, (last) => encodeCursor(list, [order.keyOf(last), last.id]));
  }

  async find(productId: string): Promise<ProductView | null> {
    return (await this.findAll([productId])).get(productId) ?? null;
  }

  async findAll(productIds: readonly string[]): Promise<ReadonlyMap<string, ProductView>> {
    const rows = await this.unitOfWork.query<ProductJoin>(
      withOptions('SELECT * FROM product WHERE id = ANY($1)', 'id'),
      [productIds],
    );
    return new Map(rows.map((row) => [row.id, toView(row)]));
  }
}

function withOptions(products: string, order: string): string {
  return `SELECT id, name, description, on_sale AS "onSale", options, created_at AS "createdAt"
            FROM (${products}) p
           CROSS JOIN LATERAL (
             SELECT json_agg(json_build_object('id', o.id, 'productId', o.product_id, 'name', o.name, 'price', o.price,
                                               'stock', o.on_hand - o.reserved) ORDER BY o.id) AS options
               FROM product_option o WHERE o.product_id = p.id) o
           ORDER BY ${order}`;
}

function toView({ createdAt, ...product }: ProductJoin): ProductView {
  return { ...product, createdAt: createdAt.toISOString() };
}

/** A pattern in which every character stands for itself. */
function literally(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&');
}
