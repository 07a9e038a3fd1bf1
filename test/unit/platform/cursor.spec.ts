import { ValidationFailedException } from '@app/shared';
import { decodeCursor, encodeCursor } from '../../../libs/platform/src/http/cursor';
import { ID, intBetween, TIMESTAMP, textBetween } from '../../../libs/platform/src/http/forms';

describe('a cursor', () => {
  const cursor = encodeCursor('orders:kim', ['2026-11-22T14:17:02.364Z', 7]);
  const read = (text: string): unknown => decodeCursor('orders:kim', text, TIMESTAMP, intBetween(1, 9));

  it('comes back as the position it was made of', () => {
    expect(read(cursor)).toEqual([new Date('2026-11-22T14:17:02.364Z'), 7]);
    const id = '0199f0c2-6f7c-7b3e-9d54-0f6a1c2b3d4e';
    expect(decodeCursor('names', encodeCursor('names', ['감귤', id]), textBetween(1, 5), ID)).toEqual(['감귤', id]);
  });

  it.each([
    ['of another list', encodeCursor('orders:lee', [7])],
    ['cut short', cursor.slice(0, -1)],
    ['with one character changed', cursor.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))],
    ['with something behind it', `${cursor}.x`],
    ['without a checksum', cursor.split('.')[0] ?? ''],
    ['that never was one', 'eyJhIjoxfQ'],
    ['that is empty', ''],
  ])('is refused when it is one %s', (_, other) => {
    expect(() => read(other)).toThrow(ValidationFailedException);
  });

  it.each([
    [[]],
    [['2026-11-22T14:17:02.364Z']],
    [['2026-11-22T14:17:02.364Z', 7, 7]],
    [['now', 7]],
    [['infinity', 7]],
    [['2026-11-22', 7]],
    [[1_763_821_022, 7]],
    [['2026-11-22T14:17:02.364Z', '7']],
    [['2026-11-22T14:17:02.364Z', 10]],
    [['2026-11-22T14:17:02.364Z', 1.5]],
  ])('is refused when it holds %j, well made as it is', (position) => {
    expect(() => read(encodeCursor('orders:kim', position))).toThrow(ValidationFailedException);
  });

  it('is refused by the name of its field', () => {
    expect.assertions(1);
    try {
      read('x');
    } catch (error) {
      expect(error).toMatchObject({ errors: [{ field: 'cursor' }] });
    }
  });
});
