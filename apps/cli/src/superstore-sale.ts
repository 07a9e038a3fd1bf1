/** One line of the file, checked. */
export interface Sale {
  readonly orderId: string;
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly customerId: string;
  readonly productId: string;
  readonly subCategory: string;
  /** At most 200 characters: longer names are cut. */
  readonly productName: string;
  /** Tells products apart. */
  readonly productKey: string;
  readonly quantity: number;
  /** Won: the list price of one. */
  readonly price: number;
}

/** What is wrong with a line; the message is the middle of a sentence. */
export class WrongSaleException extends Error {}

export const WON_PER_DOLLAR = 1_300;

const LONGEST_NAME = 200;
const DEAREST = 100_000_000;
const MOST = 1_000;
/** What an id of a customer may hold, so that `superstore:` and it make an id of the shop's. */
const CUSTOMER = /^[\w.@-]{1,50}$/;

/** @throws WrongSaleException */
export function readSale(record: Readonly<Record<string, string>>): Sale {
  const field = (name: string): string => {
    const value = record[name]?.trim();
    if (!value) throw new WrongSaleException(`${name} is empty`);
    return value;
  };
  const check = (name: string, form: RegExp, expected: string): string => {
    const value = field(name);
    if (!form.test(value)) throw new WrongSaleException(`${name} must be ${expected}, not "${value}"`);
    return value;
  };

  const date = field('order_date');
  if (!isDate(date)) throw new WrongSaleException(`order_date must be a day like 2014-01-31, not "${date}"`);
  const quantity = Number(check('quantity', /^[1-9]\d{0,3}$/, `an integer from 1 to ${MOST}`));
  if (quantity > MOST) throw new WrongSaleException(`quantity must be an integer from 1 to ${MOST}, not "${quantity}"`);
  const dollars = check('sales_usd', /^\d{1,10}(\.\d{1,4})?$/, 'an amount with at most 4 decimals');
  const discount = check('discount', /^0(\.\d{1,2})?$/, 'at least 0 and less than 1, with at most 2 decimals');
  const price = listPrice(dollars, discount, quantity);
  if (price > DEAREST) throw new WrongSaleException(`a price of ${price} won is more than ${DEAREST}`);

  const productId = field('product_id');
  const productName = [...field('product_name')].slice(0, LONGEST_NAME).join('');
  return {
    orderId: field('order_id'),
    date,
    customerId: check('customer_id', CUSTOMER, '1 to 50 letters, digits and . _ @ -'),
    productId,
    subCategory: field('sub_category'),
    productName,
    productKey: `${productId}\n${productName}`,
    quantity,
    price,
  };
}

/** Whether the text is a day of the calendar in the form YYYY-MM-DD. */
export function isDate(text: string): boolean {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** sales / (1 - discount) / quantity x 1300, rounded to a won; in integers, so that no float decides a won. */
function listPrice(dollars: string, discount: string, quantity: number): number {
  // dollars = a / 10,000 and discount = b / 100: a / 10,000 x 100 x 1,300 / ((100 - b) x quantity).
  const won = scaled(dollars, 4) * BigInt(WON_PER_DOLLAR);
  const divisor = (100n - scaled(discount, 2)) * BigInt(quantity) * 100n;
  return Number((2n * won + divisor) / (2n * divisor));
}

/** The number of units of the last of so many decimals. */
function scaled(text: string, decimals: number): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(decimals, '0'));
}
