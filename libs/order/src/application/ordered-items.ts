import {
  OutOfStockException,
  ProductNotOnSaleException,
  ProductOptionNotFoundException,
  type StockedOption,
} from '@app/product';
import type { Money } from '@app/shared';
import { type OrderLine, subtotalOf } from '../domain/order';

export interface OrderedItem {
  readonly optionId: string;
  readonly quantity: number;
}

/** One item an option: quantities of the same option are added up, in the order in which options were first named. */
export function mergeItems(items: readonly OrderedItem[]): OrderedItem[] {
  const quantities = new Map<string, number>();
  for (const { optionId, quantity } of items) quantities.set(optionId, (quantities.get(optionId) ?? 0) + quantity);
  return [...quantities].map(([optionId, quantity]) => ({ optionId, quantity }));
}

/** Order lines that the stock covers; nothing is reserved yet. */
export interface Takeable {
  readonly lines: readonly OrderLine[];
  readonly subtotal: Money;
  /** Reserves them all; cannot fail. */
  reserve(): void;
}

/**
 * Prices items by locked options and checks that all can be had, touching nothing.
 * @throws ProductOptionNotFoundException | ProductNotOnSaleException | OutOfStockException naming every shortage
 */
export function takeFromStock(items: readonly OrderedItem[], options: ReadonlyMap<string, StockedOption>): Takeable {
  const wanted = items.map(({ optionId, quantity }) => {
    const option = options.get(optionId);
    if (!option) throw new ProductOptionNotFoundException();
    if (!option.onSale) throw new ProductNotOnSaleException();
    return { option, quantity };
  });
  const shortages = wanted
    .filter(({ option, quantity }) => option.available < quantity)
    .map(({ option, quantity }) => ({ optionId: option.id, requested: quantity, available: option.available }));
  if (shortages.length > 0) throw new OutOfStockException(shortages);

  const lines = wanted.map(({ option, quantity }) => ({
    productId: option.productId,
    productName: option.productName,
    optionId: option.id,
    optionName: option.name,
    unitPrice: option.price,
    quantity,
  }));
  return {
    lines,
    subtotal: subtotalOf(lines),
    reserve: () => {
      for (const { option, quantity } of wanted) option.reserve(quantity);
    },
  };
}
