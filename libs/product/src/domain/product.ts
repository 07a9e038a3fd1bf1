import type { Money } from '@app/shared';
import { OptionCountOutOfRangeException, ProductOptionNotFoundException } from './product.exceptions';
import type { StockMovement } from './stock-movement';

/** An option as it is listed. */
export interface ProductOption {
  readonly id: string;
  readonly productId: string;
  readonly name: string;
  readonly price: Money;
  /** What could still be ordered when it was read; orders decide on a `StockedOption`. */
  readonly stock: number;
}

/** An option to be listed, and the id of the movement that its first stock is recorded under. */
export interface NewOption {
  readonly id: string;
  readonly name: string;
  readonly price: Money;
  readonly stock: number;
  readonly movementId: string;
}

export interface ProductFields {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly onSale: boolean;
  readonly createdAt: Date;
}

/** What of a product can be changed; what is left out stays as it is. */
export interface ProductChange {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly onSale?: boolean | undefined;
}

/** What of an option can be changed; what is left out stays as it is. */
export interface OptionChange {
  readonly name?: string | undefined;
  readonly price?: Money | undefined;
}

/** What is listed for sale, in 1 to 50 options. Each new option brings the first movement of its stock. */
export class Product {
  static readonly mostOptions = 50;

  private readonly opened: StockMovement[] = [];
  private readonly relabelled = new Set<string>();

  private constructor(
    private current: ProductFields,
    private readonly listed: ProductOption[],
  ) {}

  /**
   * Lists a new product, on sale at once.
   * @throws OptionCountOutOfRangeException
   */
  static create(fields: Omit<ProductFields, 'onSale'>, options: readonly NewOption[]): Product {
    if (options.length === 0) throw new OptionCountOutOfRangeException(Product.mostOptions);
    const product = new Product({ ...fields, onSale: true }, []);
    for (const option of options) product.addOption(option, fields.createdAt);
    return product;
  }

  /** Rebuilds a stored product. For adapters and fakes. */
  static restore(fields: ProductFields, options: readonly ProductOption[]): Product {
    return new Product(fields, [...options]);
  }

  get id(): string {
    return this.current.id;
  }

  get fields(): ProductFields {
    return this.current;
  }

  get options(): readonly ProductOption[] {
    return this.listed;
  }

  /** The first movements of the options that are new. */
  get openings(): readonly StockMovement[] {
    return this.opened;
  }

  /** The options that are not stored yet. */
  get newOptions(): readonly ProductOption[] {
    const added = new Set(this.opened.map(({ optionId }) => optionId));
    return this.listed.filter(({ id }) => added.has(id));
  }

  /** The stored options whose name or price has changed. */
  get changedOptions(): readonly ProductOption[] {
    return this.listed.filter(({ id }) => this.relabelled.has(id));
  }

  change({ name, description, onSale }: ProductChange): void {
    this.current = {
      ...this.current,
      name: name ?? this.current.name,
      description: description ?? this.current.description,
      onSale: onSale ?? this.current.onSale,
    };
  }

  /** @throws OptionCountOutOfRangeException */
  addOption({ id, name, price, stock, movementId }: NewOption, at: Date): ProductOption {
    if (this.listed.length >= Product.mostOptions) throw new OptionCountOutOfRangeException(Product.mostOptions);
    const option = { id, productId: this.id, name, price, stock };
    this.listed.push(option);
    this.opened.push({ id: movementId, optionId: id, kind: 'INITIAL', quantity: stock, orderId: null, at });
    return option;
  }

  /**
   * Orders that were placed keep the name and the price that they were placed with.
   * @throws ProductOptionNotFoundException
   */
  changeOption(optionId: string, { name, price }: OptionChange): ProductOption {
    const place = this.listed.findIndex(({ id }) => id === optionId);
    const option = this.listed[place];
    if (!option) throw new ProductOptionNotFoundException();
    const changed = { ...option, name: name ?? option.name, price: price ?? option.price };
    this.listed[place] = changed;
    this.relabelled.add(optionId);
    return changed;
  }
}
