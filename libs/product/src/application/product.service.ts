import {
  attempt,
  type Claimed,
  Clock,
  type Command,
  CommandLanes,
  type Lane,
  type Money,
  type Outcome,
  type Page,
  UnitOfWork,
} from '@app/shared';
import { Injectable } from '@nestjs/common';
import { uuidv7 } from 'uuidv7';
import { type NewOption, type OptionChange, Product, type ProductChange } from '../domain/product';
import { ProductNotFoundException, ProductOptionNotFoundException } from '../domain/product.exceptions';
import { ProductRepository } from './ports/product.repository';
import { type ListProducts, ProductReader } from './ports/product-reader';
import { StockRoom } from './ports/stock-room';
import { type OptionView, optionViewOf, type ProductView, viewOf } from './product-view';

export interface CreateProduct {
  readonly name: string;
  readonly description: string;
  readonly options: readonly AddOption[];
}

export interface AddOption {
  readonly name: string;
  readonly price: Money;
  readonly stock: number;
}

export interface ChangeStock extends Command {
  readonly optionId: string;
  /** Negative to take away. */
  readonly delta: number;
}

/** Product flows: what everybody reads, and what admins change. */
@Injectable()
export class ProductService {
  private readonly stockChanges: Lane<ChangeStock, OptionView>;

  constructor(
    private readonly products: ProductRepository,
    private readonly reader: ProductReader,
    private readonly stock: StockRoom,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    lanes: CommandLanes,
  ) {
    this.stockChanges = lanes.open('product.stock', (commands) => this.changeAllStock(commands));
  }

  /** What is on sale. */
  list(request: ListProducts): Promise<Page<ProductView>> {
    return this.reader.list(request);
  }

  /** @throws ProductNotFoundException */
  async get(productId: string): Promise<ProductView> {
    const product = await this.reader.find(productId);
    if (!product) throw new ProductNotFoundException();
    return product;
  }

  /** @throws OptionCountOutOfRangeException */
  async create(product: CreateProduct): Promise<ProductView> {
    const [created] = await this.createAll([product]);
    return created!;
  }

  /**
   * All of them or none.
   * @throws OptionCountOutOfRangeException
   */
  createAll(requests: readonly CreateProduct[]): Promise<ProductView[]> {
    return this.unitOfWork.run(async () => {
      const createdAt = await this.clock.now();
      const products = requests.map(({ name, description, options }) =>
        Product.create({ id: uuidv7(), name, description, createdAt }, options.map(withIds)),
      );
      await this.products.addAll(products);
      return products.map(viewOf);
    });
  }

  /** @throws ProductNotFoundException */
  change(productId: string, change: ProductChange): Promise<ProductView> {
    return this.unitOfWork.run(async () => {
      const product = await this.products.lock(productId);
      product.change(change);
      await this.products.save(product);
      return viewOf(product);
    });
  }

  /** @throws ProductNotFoundException | OptionCountOutOfRangeException */
  addOption(productId: string, option: AddOption): Promise<OptionView> {
    return this.unitOfWork.run(async () => {
      const product = await this.products.lock(productId);
      const added = product.addOption(withIds(option), await this.clock.now());
      await this.products.save(product);
      return optionViewOf(added);
    });
  }

  /** @throws ProductOptionNotFoundException */
  changeOption(optionId: string, change: OptionChange): Promise<OptionView> {
    return this.unitOfWork.run(async () => {
      const product = await this.products.lockByOption(optionId);
      const changed = product.changeOption(optionId, change);
      await this.products.save(product);
      return optionViewOf(changed);
    });
  }

  /** @throws ProductOptionNotFoundException | StockBelowReservedException | StockLimitExceededException */
  changeStock(command: ChangeStock): Promise<OptionView> {
    return this.stockChanges.submit(command);
  }

  private async changeAllStock(commands: readonly Claimed<ChangeStock>[]): Promise<Outcome<OptionView>[]> {
    const options = await this.stock.lockAll(commands.map(({ optionId }) => optionId));
    const at = await this.clock.now();

    const outcomes = commands.map(({ optionId, delta }) =>
      attempt(() => {
        const option = options.get(optionId);
        if (!option) throw new ProductOptionNotFoundException();
        option.restock(delta, { movementId: uuidv7(), at });
        return optionViewOf({ ...option, stock: option.available });
      }),
    );

    await this.stock.saveAll(options.values());
    return outcomes;
  }
}

function withIds(option: AddOption): NewOption {
  return { ...option, id: uuidv7(), movementId: uuidv7() };
}
