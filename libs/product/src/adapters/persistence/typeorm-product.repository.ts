import { TypeOrmUnitOfWork } from '@app/platform';
import { Money } from '@app/shared';
import { Injectable } from '@nestjs/common';
import { ProductRepository } from '../../application/ports/product.repository';
import { Product, type ProductOption } from '../../domain/product';
import { ProductNotFoundException, ProductOptionNotFoundException } from '../../domain/product.exceptions';
import { ProductRow } from './product.row';
import { movementRow, OPTION, OPTION_LABEL, PRODUCT, STOCK_MOVEMENT } from './product.tables';
import { ProductMemory } from './product-memory';
import { ProductOptionRow } from './product-option.row';

@Injectable()
export class TypeOrmProductRepository extends ProductRepository {
  constructor(
    private readonly unitOfWork: TypeOrmUnitOfWork,
    private readonly memory: ProductMemory,
  ) {
    super();
  }

  async addAll(products: readonly Product[]): Promise<void> {
    this.unitOfWork.insertAll(
      PRODUCT,
      products.map(({ fields }) => fields),
    );
    await this.addOptionsOf(products);
  }

  async lock(productId: string): Promise<Product> {
    const product = await this.lockWhere('product.id = :id', productId);
    if (!product) throw new ProductNotFoundException();
    return product;
  }

  async lockByOption(optionId: string): Promise<Product> {
    const product = await this.lockWhere(
      'product.id = (SELECT o.product_id FROM product_option o WHERE o.id = :id)',
      optionId,
    );
    if (!product) throw new ProductOptionNotFoundException();
    return product;
  }

  async save(product: Product): Promise<void> {
    this.unitOfWork.updateAll(PRODUCT, [product.fields]);
    this.unitOfWork.updateAll(
      OPTION_LABEL,
      product.changedOptions.map(({ id, name, price }) => ({ id, name, price: price.won })),
    );
    await this.addOptionsOf([product]);
  }

  private async addOptionsOf(products: readonly Product[]): Promise<void> {
    this.unitOfWork.insertAll(
      OPTION,
      products.flatMap(({ newOptions }) => newOptions.map(toRow)),
    );
    this.unitOfWork.insertAll(
      STOCK_MOVEMENT,
      products.flatMap(({ openings }) => openings.map(movementRow)),
    );
    this.memory.forgetAfterCommit(products.map(({ fields }) => ({ productId: fields.id })));
  }

  private async lockWhere(condition: string, id: string): Promise<Product | null> {
    const row = await this.unitOfWork.manager
      .createQueryBuilder(ProductRow, 'product')
      .where(condition, { id })
      .setLock('for_no_key_update')
      .getOne();
    if (!row) return null;
    // In a second statement, which sees the options that came while this one waited for the lock.
    const options = await this.unitOfWork.manager.find(ProductOptionRow, {
      where: { productId: row.id },
      order: { id: 'ASC' },
    });
    return Product.restore(row, options.map(toOption));
  }
}

function toRow({ stock, price, ...option }: ProductOption): Omit<ProductOptionRow, 'product'> {
  return { ...option, price: price.won, onHand: stock, reserved: 0 };
}

function toOption({ id, productId, name, price, onHand, reserved }: ProductOptionRow): ProductOption {
  return { id, productId, name, price: Money.of(price), stock: onHand - reserved };
}
