import type { Money } from '@app/shared';
import {
  OutOfStockException,
  ProductNotOnSaleException,
  StockBelowReservedException,
  StockLimitExceededException,
} from './product.exceptions';
import type { OrderStockEntry, StockEntry, StockMovement } from './stock-movement';

/** An option as it is stored, with what its product says of it. */
export interface StoredOption {
  readonly id: string;
  readonly productId: string;
  readonly productName: string;
  readonly name: string;
  readonly price: Money;
  readonly onSale: boolean;
  readonly onHand: number;
  readonly reserved: number;
}

/**
 * An option as it is sold. An order reserves, its payment settles the reservation, its end without payment releases it:
 * 0 <= reserved <= on hand at all times, and what is on hand changes only with a movement for the ledger.
 */
export class StockedOption {
  /** The most that an admin can put on hand. */
  static readonly limit = 10_000_000;

  readonly id: string;
  readonly productId: string;
  readonly productName: string;
  readonly name: string;
  readonly price: Money;
  readonly onSale: boolean;

  private readonly recorded: StockMovement[] = [];
  private held: number;
  private promised: number;
  private touched = false;

  private constructor({ id, productId, productName, name, price, onSale, onHand, reserved }: StoredOption) {
    this.id = id;
    this.productId = productId;
    this.productName = productName;
    this.name = name;
    this.price = price;
    this.onSale = onSale;
    this.held = onHand;
    this.promised = reserved;
  }

  /** Rebuilds a stored option. For adapters and fakes. */
  static restore(stored: StoredOption): StockedOption {
    return new StockedOption(stored);
  }

  get onHand(): number {
    return this.held;
  }

  get reserved(): number {
    return this.promised;
  }

  /** What can still be ordered. */
  get available(): number {
    return this.held - this.promised;
  }

  /** The movements since it was restored. */
  get movements(): readonly StockMovement[] {
    return this.recorded;
  }

  /** Whether anything is to be stored. */
  get isChanged(): boolean {
    return this.touched;
  }

  /** @throws ProductNotOnSaleException | OutOfStockException */
  reserve(quantity: number): void {
    this.requireCount(quantity);
    if (!this.onSale) throw new ProductNotOnSaleException();
    const { id, available } = this;
    if (available < quantity) throw new OutOfStockException([{ optionId: id, requested: quantity, available }]);
    this.set(this.held, this.promised + quantity);
  }

  /** Gives a reservation back. */
  release(quantity: number): void {
    this.requireReserved(quantity);
    this.set(this.held, this.promised - quantity);
  }

  /** Turns a reservation into a sale. */
  sell(quantity: number, { orderId, ...entry }: OrderStockEntry): void {
    this.requireReserved(quantity);
    this.set(this.held - quantity, this.promised - quantity);
    this.record('SALE', -quantity, orderId, entry);
  }

  /** Puts back what was sold, also onto a shelf that has been filled to its limit since. */
  takeBack(quantity: number, { orderId, ...entry }: OrderStockEntry): void {
    this.requireCount(quantity);
    this.set(this.held + quantity, this.promised);
    this.record('RETURN', quantity, orderId, entry);
  }

  /**
   * Adds `delta`, or takes it away when it is negative; 0 leaves no trace.
   * @throws StockBelowReservedException | StockLimitExceededException
   */
  restock(delta: number, entry: StockEntry): void {
    const onHand = this.held + delta;
    if (onHand < this.promised) throw new StockBelowReservedException();
    if (delta > 0 && onHand > StockedOption.limit) throw new StockLimitExceededException(StockedOption.limit);
    if (delta === 0) return;
    this.set(onHand, this.promised);
    this.record('RESTOCK', delta, null, entry);
  }

  private set(onHand: number, reserved: number): void {
    this.held = onHand;
    this.promised = reserved;
    this.touched = true;
  }

  private record(
    kind: StockMovement['kind'],
    quantity: number,
    orderId: string | null,
    { movementId, at }: StockEntry,
  ): void {
    this.recorded.push({ id: movementId, optionId: this.id, kind, quantity, orderId, at });
  }

  /** Nobody may refuse an order's own reservation: a broken count is a bug of ours. */
  private requireReserved(quantity: number): void {
    this.requireCount(quantity);
    if (quantity > this.promised) {
      throw new Error(`option ${this.id} has ${this.promised} reserved, not ${quantity}`);
    }
  }

  private requireCount(quantity: number): void {
    if (!Number.isSafeInteger(quantity) || quantity <= 0) throw new Error(`${quantity} is no quantity`);
  }
}
