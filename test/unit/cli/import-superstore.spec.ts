import { describeImport, ordersWithin } from '../../../apps/cli/src/import-superstore';
import { startProgress } from '../../../apps/cli/src/progress';
import { parseSuperstore } from '../../../apps/cli/src/superstore';
import { line, superstoreFile } from './superstore-samples';

describe('ordersWithin', () => {
  const file = parseSuperstore(
    superstoreFile(
      ...['2014-01-03', '2014-01-31', '2014-02-01', '2014-02-02'].map((order_date, i) =>
        line({ order_id: `O${i}`, order_date }),
      ),
    ),
  );

  it.each([
    [{}, ['O0', 'O1', 'O2', 'O3']],
    [{ from: '2014-01-31', to: '2014-02-01' }, ['O1', 'O2']],
    [{ from: '2014-02-02' }, ['O3']],
    [{ to: '2014-01-03' }, ['O0']],
    [{ from: '2014-01-04', limit: 2 }, ['O1', 'O2']],
  ])('of %j are %j', (range, ids) => {
    expect(ordersWithin(file, range).map(({ id }) => id)).toEqual(ids);
  });

  it('says which days there are when none is in the range', () => {
    expect(() => ordersWithin(file, { from: '2014-02-03' })).toThrow('Choose days from 2014-01-03 to 2014-02-02');
  });
});

describe('describeImport', () => {
  it('tells what was loaded, paid and refused, and the ranking', () => {
    const text = describeImport({
      catalogue: { optionIds: new Map(), created: 1_834, reused: 2 },
      replayed: { orders: 300, units: 1_200, won: 1_234_567, seconds: 2.5, refused: new Map([['OUT_OF_STOCK', 3]]) },
      ranking: {
        generatedAt: '',
        window: { from: '', to: '' },
        items: [{ rank: 1, productId: 'p', name: 'Staples', price: 9_900, soldQuantity: 22 }],
      },
    });

    expect(text.split('\n')).toEqual([
      'products  1,834 loaded, 2 were there already',
      'orders    300 paid, 1,200 units, 1,234,567 won in 2.5 s (120 orders/s)',
      'refused   OUT_OF_STOCK 3',
      'ranking of the last 72 hours',
      '  1  22 sold  9,900 won  Staples',
      '',
    ]);
  });
});

describe('startProgress', () => {
  it('writes a line for every tenth where nobody watches, the last one included', () => {
    const written: string[] = [];
    const progress = startProgress('orders', 25, { write: (text: string) => written.push(text) > 0 });

    for (let i = 0; i < 25; i++) progress.step();
    progress.end();

    expect(written).toHaveLength(10);
    expect([written[0], written[9]]).toEqual(['orders  10 %  3 of 25\n', 'orders  100 %  25 of 25\n']);
  });
});
