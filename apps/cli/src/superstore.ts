import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { type CsvError, parse } from 'csv-parse/sync';
import { CannotStartException } from '../../shop/src/cannot-start.exception';
import { readSale, type Sale, WrongSaleException } from './superstore-sale';

/**
 * A product of the file. Some ids of the file stand for two articles, and some names for articles of several ids: only
 * id and name together are one article, and in the real file each of those has exactly one price.
 */
export interface SuperstoreProduct {
  /** At most 200 characters, as the shop has it. */
  readonly name: string;
  /** Holds the id: with the name it tells whether the shop has this product already. */
  readonly description: string;
  /** Won: the list price of its latest sale, before the file's discount. */
  readonly price: number;
}

export interface SuperstoreOrder {
  readonly id: string;
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly customerId: string;
  /** How many of each product, by its key; lines of the same product are added up. */
  readonly quantities: ReadonlyMap<string, number>;
}

export interface Superstore {
  readonly products: ReadonlyMap<string, SuperstoreProduct>;
  /** In the order of their first lines. */
  readonly orders: readonly SuperstoreOrder[];
}

const COLUMNS = 'order_id,order_date,customer_id,product_id,sub_category,product_name,sales_usd,quantity,discount';
const MOST_LINES = 50;
/** Won: the most that a customer can hold, and so the most that can be paid at once. */
const DEAREST_ORDER = 1_000_000_000;

/** @throws CannotStartException unless every line of the file is right */
export async function readSuperstore(file: string): Promise<Superstore> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'is not there' : code === 'EISDIR' ? 'is a folder' : `cannot be read (${code})`;
    throw new CannotStartException(`The file ${file} ${reason}. Give the path of a CSV file that you may read.`);
  }
  try {
    if (!isUtf8(bytes)) throw new WrongFileException('it is not UTF-8 text');
    return parseSuperstore(bytes.toString());
  } catch (error) {
    if (!(error instanceof WrongFileException)) throw error;
    throw new CannotStartException(
      `Nothing was imported from ${file}: ${error.message}. Mend the file and import it again.`,
    );
  }
}

/** What is wrong with a file, with the line where it is known. */
export class WrongFileException extends Error {}

/** @throws WrongFileException naming the first line that is wrong */
export function parseSuperstore(text: string): Superstore {
  const products = new Map<string, SoldProduct>();
  const orders = new Map<string, OrderSoFar>();
  for (const { record, line } of recordsOf(text)) {
    try {
      const sale = readSale(record);
      const known = products.get(sale.productKey);
      if (!known || known.soldOn <= sale.date) products.set(sale.productKey, productOf(sale));
      const order = orders.get(sale.orderId) ?? new OrderSoFar(sale);
      order.add(sale);
      orders.set(sale.orderId, order);
    } catch (error) {
      throw error instanceof WrongSaleException ? new WrongFileException(`line ${line}: ${error.message}`) : error;
    }
  }
  if (orders.size === 0) throw new WrongFileException('it holds no orders');
  for (const order of orders.values()) assertPayable(order, products);
  return { products, orders: [...orders.values()] };
}

interface SoldProduct extends SuperstoreProduct {
  readonly soldOn: string;
}

class OrderSoFar implements SuperstoreOrder {
  readonly id: string;
  readonly date: string;
  readonly customerId: string;
  readonly quantities = new Map<string, number>();
  private lines = 0;

  constructor({ orderId, date, customerId }: Sale) {
    this.id = orderId;
    this.date = date;
    this.customerId = customerId;
  }

  add({ date, customerId, productKey, quantity }: Sale): void {
    if (date !== this.date) throw new WrongSaleException(`order ${this.id} has another order_date than before`);
    if (customerId !== this.customerId)
      throw new WrongSaleException(`order ${this.id} has another customer_id than before`);
    this.lines += 1;
    if (this.lines > MOST_LINES) throw new WrongSaleException(`order ${this.id} has more than ${MOST_LINES} lines`);
    this.quantities.set(productKey, (this.quantities.get(productKey) ?? 0) + quantity);
  }
}

/** Without the category: some lines of the real file leave it empty, and no sale needs it. */
function productOf({ productName: name, productId, subCategory, price, date }: Sale): SoldProduct {
  return { name, description: `${subCategory} / ${productId}`, price, soldOn: date };
}

/** Found before the first write: a customer could never hold what it costs. */
function assertPayable({ id, quantities }: SuperstoreOrder, products: ReadonlyMap<string, SuperstoreProduct>): void {
  let total = 0;
  for (const [key, quantity] of quantities) total += products.get(key)!.price * quantity;
  if (total > DEAREST_ORDER)
    throw new WrongFileException(`order ${id} costs ${total} won, more than a customer can hold`);
}

interface NumberedRecord {
  readonly record: Readonly<Record<string, string>>;
  readonly line: number;
}

function recordsOf(text: string): NumberedRecord[] {
  try {
    const rows = parse<{ record: Record<string, string>; info: { lines: number } }>(text, {
      columns: (header: string[]) => {
        const missing = COLUMNS.split(',').filter((column) => !header.includes(column));
        if (missing.length > 0) throw new WrongFileException(`line 1: the header lacks ${missing.join(', ')}`);
        return header;
      },
      info: true,
      bom: true,
      skip_empty_lines: true,
    });
    return rows.map(({ record, info }) => ({ record, line: info.lines }));
  } catch (error) {
    throw isCsvError(error) ? new WrongFileException(error.message) : error;
  }
}

function isCsvError(error: unknown): error is CsvError {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_');
}
