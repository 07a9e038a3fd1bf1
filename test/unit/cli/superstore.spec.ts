import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSuperstore, readSuperstore } from '../../../apps/cli/src/superstore';
import { line, superstoreFile } from './superstore-samples';

describe('parseSuperstore', () => {
  it('reads orders with the quantities of their products, and products with their list price', () => {
    const { products, orders } = parseSuperstore(
      superstoreFile(
        line({
          order_id: 'A',
          product_id: 'P1',
          product_name: 'Pen',
          sales_usd: '11.784',
          quantity: '3',
          discount: '0.2',
        }),
        line({
          order_id: 'A',
          product_id: 'P2',
          product_name: 'Ink',
          sales_usd: '3.54',
          quantity: '2',
          discount: '0.8',
        }),
        line({
          order_id: 'B',
          product_id: 'P2',
          product_name: 'Ink',
          quantity: '5',
          sales_usd: '44.25',
          discount: '0',
        }),
      ),
    );

    // 11.784 / 0.8 / 3 = 4.91 dollars, 3.54 / 0.2 / 2 = 8.85 dollars, at 1,300 won.
    expect([...products.values()].map(({ name, price }) => [name, price])).toEqual([
      ['Pen', 6_383],
      ['Ink', 11_505],
    ]);
    expect(orders.map(({ id, quantities }) => [id, [...quantities.values()]])).toEqual([
      ['A', [3, 2]],
      ['B', [5]],
    ]);
  });

  it.each([
    ['16.448', '2', '0.2', 13_364],
    ['272.736', '3', '0.2', 147_732],
    ['0.0005', '1', '0', 1],
    ['0.0003', '1', '0', 0],
    ['1', '3', '0', 433],
    ['0.0001', '13', '0.99', 1],
    ['76923.0769', '1', '0', 100_000_000],
  ])('makes %s dollars for %s at a discount of %s cost %s won each', (sales_usd, quantity, discount, price) => {
    const { products } = parseSuperstore(superstoreFile(line({ sales_usd, quantity, discount })));

    expect([...products.values()].map((product) => product.price)).toEqual([price]);
  });

  it('reads names with commas, quotes and line breaks, and CRLF files with a byte order mark', () => {
    const text = superstoreFile(
      line({ product_id: 'P1', product_name: '"Book, 5 1/2"" X 4"", ""large"""' }),
      line({ product_id: 'P2', product_name: '"two\nlines"' }),
    );

    const names = (file: string) => [...parseSuperstore(file).products.values()].map(({ name }) => name);

    expect(names(text)).toEqual(['Book, 5 1/2" X 4", "large"', 'two\nlines']);
    expect(names(`\uFEFF${text.replaceAll(/(?<!two)\n/g, '\r\n')}\r\n`)).toEqual(names(text));
  });

  it('adds up the lines of one product in an order', () => {
    const { orders } = parseSuperstore(
      superstoreFile(line({ quantity: '2' }), line({ quantity: '3', sales_usd: '15' })),
    );

    expect(orders.map(({ quantities }) => [...quantities.values()])).toEqual([[5]]);
  });

  it('tells articles apart by id and name together', () => {
    const { products } = parseSuperstore(
      superstoreFile(
        line({ product_id: 'P1', product_name: 'Staples' }),
        line({ product_id: 'P2', product_name: 'Staples' }),
        line({ product_id: 'P1', product_name: 'Clock' }),
      ),
    );

    expect([...products.values()].map(({ name, description }) => [name, description.split(' / ').at(-1)])).toEqual([
      ['Staples', 'P1'],
      ['Staples', 'P2'],
      ['Clock', 'P1'],
    ]);
  });

  it('takes the price of the latest sale, wherever its line stands', () => {
    const { products } = parseSuperstore(
      superstoreFile(
        line({ order_id: 'A', order_date: '2014-01-01', sales_usd: '1', quantity: '1' }),
        line({ order_id: 'C', order_date: '2014-03-01', sales_usd: '3', quantity: '1' }),
        line({ order_id: 'B', order_date: '2014-02-01', sales_usd: '2', quantity: '1' }),
      ),
    );

    expect([...products.values()].map(({ price }) => price)).toEqual([3_900]);
  });

  it('does without the category, which some lines of the real file leave empty', () => {
    const real =
      'CA-2014-105893,2014-11-11,PK-19075,OFF-ST-10004186,,Storage,"Stur-D-Stor Shelving, Vertical 5-Shelf: 72""H x 36""W x 18 1/2""D",665.88,6,0';

    const { products } = parseSuperstore(superstoreFile(real));

    expect([...products.values()]).toEqual([
      expect.objectContaining({
        name: 'Stur-D-Stor Shelving, Vertical 5-Shelf: 72"H x 36"W x 18 1/2"D',
        description: 'Storage / OFF-ST-10004186',
        price: 144_274,
      }),
    ]);
  });

  it('cuts names at 200 characters, never inside of one', () => {
    const { products } = parseSuperstore(superstoreFile(line({ product_name: `${'가'.repeat(199)}🍊🍊` })));

    expect([...products.values()].map(({ name }) => name)).toEqual([`${'가'.repeat(199)}🍊`]);
  });

  it.each([
    [{ sales_usd: '-1' }, 'sales_usd must be an amount with at most 4 decimals, not "-1"'],
    [{ sales_usd: '1e5' }, 'sales_usd must be an amount with at most 4 decimals, not "1e5"'],
    [{ sales_usd: '153846.1552' }, 'a price of 100000001 won is more than 100000000'],
    [{ quantity: '0' }, 'quantity must be an integer from 1 to 1000, not "0"'],
    [{ quantity: '1.5' }, 'quantity must be an integer from 1 to 1000, not "1.5"'],
    [{ quantity: '1001' }, 'quantity must be an integer from 1 to 1000, not "1001"'],
    [{ discount: '1' }, 'discount must be at least 0 and less than 1, with at most 2 decimals, not "1"'],
    [{ discount: '-0.1' }, 'discount must be at least 0 and less than 1, with at most 2 decimals, not "-0.1"'],
    [{ order_date: '2014-02-30' }, 'order_date must be a day like 2014-01-31, not "2014-02-30"'],
    [{ order_date: '1/3/2014' }, 'order_date must be a day like 2014-01-31, not "1/3/2014"'],
    [{ customer_id: 'DP 13000' }, 'customer_id must be 1 to 50 letters, digits and . _ @ -, not "DP 13000"'],
    [{ product_name: ' ' }, 'product_name is empty'],
    [{ order_id: '' }, 'order_id is empty'],
    [{ order_id: 'A', order_date: '2014-01-09' }, 'order A has another order_date than before'],
    [{ order_id: 'A', customer_id: 'X-1' }, 'order A has another customer_id than before'],
  ])('refuses %j and names its line', (wrong, reason) => {
    const text = superstoreFile(line({ order_id: 'A' }), line({ order_id: 'B' }), line({ order_id: 'C', ...wrong }));

    expect(() => parseSuperstore(text)).toThrow(`line 4: ${reason}`);
  });

  it('counts the lines of a file as an editor does, whatever a record holds', () => {
    const text = superstoreFile(line({ product_name: '"two\nlines"' }), '', line({ quantity: '0' }));

    expect(() => parseSuperstore(text)).toThrow(/^line 5: quantity/);
  });

  it.each([
    ['a line with too few fields', superstoreFile(line({}), 'A,2014-01-03'), /got 2 on line 3/],
    ['a line with too many fields', superstoreFile(`${line({})},more`), /got 11 on line 2/],
    ['a quote that is never closed', superstoreFile(line({}), line({ product_name: '"open' })), /line 3/],
    [
      'a header without a column',
      superstoreFile(line({})).replace(',discount', ',rebate'),
      /line 1: the header lacks discount/,
    ],
    ['no line at all', '', /it holds no orders/],
    ['a header alone', superstoreFile(), /it holds no orders/],
    [
      'an order of 51 lines',
      superstoreFile(...Array.from({ length: 51 }, () => line({ order_id: 'A' }))),
      /line 52: order A has more than 50 lines/,
    ],
    [
      'an order that nobody can pay',
      superstoreFile(line({ order_id: 'A', sales_usd: '800000', quantity: '11' })),
      /order A costs 1040000005 won, more than a customer can hold/,
    ],
  ])('refuses %s', (_, text, reason) => {
    expect(() => parseSuperstore(text)).toThrow(reason);
  });
});

describe('readSuperstore', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jangteo-cli-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it.each([
    ['a file that is not there', 'absent.csv', /absent\.csv is not there\. Give the path/],
    ['a folder', '.', /is a folder\. Give the path/],
  ])('says so of %s', async (_, name, sentence) => {
    await expect(readSuperstore(join(folder, name))).rejects.toThrow(sentence);
  });

  it.each([
    ['a file of another encoding', Buffer.from([0xff, 0xfe, 0x41, 0x00]), /it is not UTF-8 text\. Mend the file/],
    [
      'a wrong line',
      Buffer.from(superstoreFile(line({ quantity: '0' }))),
      /Nothing was imported from .*: line 2: quantity/,
    ],
  ])('says so of %s', async (_, content, sentence) => {
    const file = join(folder, 'orders.csv');
    await writeFile(file, content);

    await expect(readSuperstore(file)).rejects.toThrow(sentence);
  });
});
