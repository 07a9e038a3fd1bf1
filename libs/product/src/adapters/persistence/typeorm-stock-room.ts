import { LockingSelect, selectRow, TypeOrmUnitOfWork } from '@app/platform';
import { Money } from '@app/shared';
import { Injectable } from '@nestjs/common';
import { StockRoom } from '../../application/ports/stock-room';
import { StockedOption } from '../../domain/stocked-option';
import { movementRow, OPTION_STOCK, STOCK_MOVEMENT } from './product.tables';
import { ProductMemory } from './product-memory';
import { ProductOptionRow } from './product-option.row';

type LockedOption = Omit<ProductOptionRow, 'product'> & { readonly productName: string; readonly onSale: boolean };

@Injectable()
export class TypeOrmStockRoom extends StockRoom {
  private readonly locked: LockingSelect<LockedOption>;

  constructor(
    private readonly unitOfWork: TypeOrmUnitOfWork,
    private readonly memory: ProductMemory,
  ) {
    super();
    this.locked = new LockingSelect(unitOfWork, (manager) =>
      selectRow(manager, ProductOptionRow, 'option')
        .innerJoin('option.product', 'product')
        .addSelect('product.name', 'productName')
        .addSelect('product.onSale', 'onSale')
        .where('option.id = ANY(:ids)', { ids: [] })
        .orderBy('option.id')
        // NO KEY: order lines refer to options, and inserting one must not wait. OF option: the product is only looked at.
        .setLock('for_no_key_update', undefined, ['option']),
    );
  }

  async lockAll(optionIds: readonly string[]): Promise<ReadonlyMap<string, StockedOption>> {
    if (optionIds.length === 0) return new Map();
    const rows = await this.locked.rows([...new Set(optionIds)]);
    return new Map(rows.map((row) => [row.id, toStockedOption(row)]));
  }

  async saveAll(options: Iterable<StockedOption>): Promise<void> {
    const changed = [...options].filter(({ isChanged }) => isChanged);
    if (changed.length === 0) return;
    this.unitOfWork.updateAll(
      OPTION_STOCK,
      changed.map(({ id, onHand, reserved }) => ({ id, onHand, reserved })),
    );
    this.unitOfWork.insertAll(
      STOCK_MOVEMENT,
      changed.flatMap(({ movements }) => movements.map(movementRow)),
    );
    this.memory.forgetAfterCommit(changed);
  }
}

function toStockedOption({ price, ...option }: LockedOption): StockedOption {
  return StockedOption.restore({ ...option, price: Money.of(price) });
}
