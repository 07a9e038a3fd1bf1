import { TypeOrmUnitOfWork } from '@app/platform';
import { ProductService } from '@app/product';
import { Money } from '@app/shared';
import type { INestApplicationContext } from '@nestjs/common';
import type { Superstore, SuperstoreOrder, SuperstoreProduct } from './superstore';

export interface LoadedCatalogue {
  /** The option of each product of the file, by the product's key. */
  readonly optionIds: ReadonlyMap<string, string>;
  readonly created: number;
  /** Products that the shop had already. */
  readonly reused: number;
}

/** Left on the shelf by a replay, so that what it loads can be bought by others too. */
const SPARE = 100;

const PART = 1_000;

const OPTION_NAME = 'Standard';
const IMPORTER = 'superstore:import';

type ChangeStock = Parameters<ProductService['changeStock']>[0];

interface StoredProduct {
  readonly name: string;
  readonly description: string;
  readonly optionId: string;
  readonly available: number;
}

/**
 * Brings all products of the file into the shop, with one option each and stock for the orders. A product that is there
 * already, by name and description, is used as it is, at the price that it has; its stock is filled up.
 */
export async function loadCatalogue(
  shop: INestApplicationContext,
  { products }: Superstore,
  orders: readonly SuperstoreOrder[],
): Promise<LoadedCatalogue> {
  const service = shop.get(ProductService, { strict: false });
  const wanted = stockFor(orders);
  const stockOf = (key: string): number => (wanted.get(key) ?? 0) + SPARE;
  const stored = await storedProducts(shop.get(TypeOrmUnitOfWork, { strict: false }));
  const optionIds = new Map<string, string>();

  const missing: [key: string, product: SuperstoreProduct][] = [];
  const short: ChangeStock[] = [];
  for (const [key, product] of products) {
    const found = stored.get(identityOf(product));
    if (!found) {
      missing.push([key, product]);
      continue;
    }
    optionIds.set(key, found.optionId);
    const delta = stockOf(key) - found.available;
    if (delta > 0) short.push({ userId: IMPORTER, optionId: found.optionId, delta });
  }
  for (const part of partsOf(short)) await Promise.all(part.map((change) => service.changeStock(change)));
  for (const part of partsOf(missing)) {
    const created = await service.createAll(
      part.map(([key, { name, description, price }]) => ({
        name,
        description,
        options: [{ name: OPTION_NAME, price: Money.of(price), stock: stockOf(key) }],
      })),
    );
    for (const [i, [key]] of part.entries()) optionIds.set(key, created[i]!.options[0]!.id);
  }
  return { optionIds, created: missing.length, reused: products.size - missing.length };
}

/** Small enough for one transaction; an import that breaks in between finds what it has loaded when it runs again. */
function partsOf<T>(list: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(list.length / PART) }, (_, i) => list.slice(i * PART, (i + 1) * PART));
}

function stockFor(orders: readonly SuperstoreOrder[]): Map<string, number> {
  const units = new Map<string, number>();
  for (const { quantities } of orders) {
    for (const [key, quantity] of quantities) units.set(key, (units.get(key) ?? 0) + quantity);
  }
  return units;
}

/** Also what is not on sale, which the shop's own lists leave out. */
async function storedProducts(unitOfWork: TypeOrmUnitOfWork): Promise<Map<string, StoredProduct>> {
  const rows = await unitOfWork.query<StoredProduct>(
    `SELECT p.name, p.description, o.id AS "optionId", o.on_hand - o.reserved AS available
       FROM product p JOIN product_option o ON o.product_id = p.id AND o.name = $1 ORDER BY o.id DESC`,
    [OPTION_NAME],
  );
  return new Map(rows.map((row) => [identityOf(row), row]));
}

function identityOf({ name, description }: { name: string; description: string }): string {
  return JSON.stringify([name, description]);
}
