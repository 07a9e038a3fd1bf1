import { TypeOrmUnitOfWork } from '@app/platform';
import { Money } from '@app/shared';
import { Injectable } from '@nestjs/common';
import { StockRoom } from '../../application/ports/stock-room';
import { StockedOption } from '../../domain/stocked-option';
import { movementRow, OPTION_STOCK, STOCK_MOVEMENT } from './product.tables';
import { ProductMemory } from './product-memory';
import { ProductOptionRow } from './product-option.row';

@Injectable()
export class TypeOrmStockRoom extends StockRoom {
  constructor(
    private readonly unitOfWork: TypeOrmUnitOfWork,
    private readonly memory: ProductMemory,
  ) {
    super();
  }

  async lockAll(optionIds: readonly string[]): Promise<ReadonlyMap<string, StockedOption>> {
    const ids = [...new Set(optionIds)];
    // NO KEY: order lines refer to options, and inserting one must not wait. OF option: the product is only looked at.
    const rows = await this.unitOfWork.manager
      .createQueryBuilder(ProductOptionRow, 'option')
      .innerJoinAndSelect('option.product', 'product')
      .where('option.id = ANY(:ids)', { ids })
      .orderBy('option.id')
      .setLock('for_no_key_update', undefined, ['option'])
      .getMany();
    return new Map(rows.map((row) => [row.id, toStockedOption(row)]));
  }

  async saveAll(options: Iterable<StockedOption>): Promise<void> {
    const changed = [...options].filter(({ isChanged }) => isChanged);
    if (changed.length === 0) return;
    await this.unitOfWork.updateAll(
      OPTION_STOCK,
      changed.map(({ id, onHand, reserved }) => ({ id, onHand, reserved })),
    );
    await this.unitOfWork.insertAll(
      STOCK_MOVEMENT,
      changed.flatMap(({ movements }) => movements.map(movementRow)),
    );
    this.memory.forgetAfterCommit();
  }
}

function toStockedOption({ product, price, ...option }: ProductOptionRow): StockedOption {
  return StockedOption.restore({
    ...option,
    price: Money.of(price),
    productName: product.name,
    onSale: product.onSale,
  });
}
