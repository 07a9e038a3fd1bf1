import { StockRoom } from '../../../libs/product/src/application/ports/stock-room';
import { StockedOption } from '../../../libs/product/src/domain/stocked-option';
import { InMemoryProductRepository } from './in-memory-product.repository';

export class InMemoryStockRoom extends StockRoom {
  constructor(readonly memory = new InMemoryProductRepository()) {
    super();
  }

  async lockAll(optionIds: readonly string[]): Promise<ReadonlyMap<string, StockedOption>> {
    const ids = [...new Set(optionIds)].filter((id) => this.memory.options.has(id)).sort();
    return new Map(ids.map((id) => [id, this.restore(id)]));
  }

  async saveAll(options: Iterable<StockedOption>): Promise<void> {
    for (const { id, onHand, reserved, movements } of options) {
      this.memory.options.set(id, { ...this.memory.options.get(id)!, onHand, reserved });
      this.memory.movements.push(...movements);
    }
  }

  private restore(id: string): StockedOption {
    const option = this.memory.options.get(id)!;
    const { name, onSale } = this.memory.products.get(option.productId)!;
    return StockedOption.restore({ ...option, productName: name, onSale });
  }
}
