import { ValidationFailedException } from '@app/shared';
import { decodeCursor, encodeCursor } from '../../../libs/platform/src/http/cursor';

describe('a cursor', () => {
  const cursor = encodeCursor('orders:kim', ['2026-11-22T14:17:02.364Z', 7]);

  it('comes back as the position it was made of', () => {
    expect(decodeCursor('orders:kim', cursor)).toEqual(['2026-11-22T14:17:02.364Z', 7]);
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
    expect(() => decodeCursor('orders:kim', other)).toThrow(ValidationFailedException);
  });

  it('is refused by the name of its field', () => {
    expect.assertions(1);
    try {
      decodeCursor('orders:kim', 'x');
    } catch (error) {
      expect(error).toMatchObject({ errors: [{ field: 'cursor' }] });
    }
  });
});
