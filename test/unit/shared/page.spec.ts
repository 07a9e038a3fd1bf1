import { mapPage, pageOf } from '@app/shared';
import fc from 'fast-check';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('a page of a list', () => {
  it('says where the next one starts when a row more was found', () => {
    expect(pageOf([1, 2, 3], 2, String)).toEqual({ items: [1, 2], nextCursor: '2' });
  });

  it.each([0, 1, 2])('is the last one when %i of at most 2 rows were found', (count) => {
    expect(pageOf(numbers(count), 2, String)).toEqual({ items: numbers(count), nextCursor: null });
  });

  it('has a next one although its last item is 0', () => {
    expect(pageOf([0, 1], 1, String)).toEqual({ items: [0], nextCursor: '0' });
  });

  it('keeps its cursor when its items are shown as something else', () => {
    expect(mapPage({ items: [1, 2], nextCursor: 'x' }, (item) => `#${item}`)).toEqual({
      items: ['#1', '#2'],
      nextCursor: 'x',
    });
  });

  it('leads through every list without a gap and without a repetition, whatever the size of a page', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 20 }), (count, limit) => {
        const seen: number[] = [];
        let cursor: string | null = '0';
        while (cursor !== null) {
          const after: number = Number(cursor);
          const rows = numbers(count).filter((row) => row > after);
          const page = pageOf(rows.slice(0, limit + 1), limit, String);
          seen.push(...page.items);
          cursor = page.nextCursor;
        }
        expect(seen).toEqual(numbers(count));
      }),
    );
  });
});
