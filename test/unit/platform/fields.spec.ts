import { ValidationFailedException } from '@app/shared';
import type { ArgumentMetadata, Type } from '@nestjs/common';
import {
  IsFlag,
  IsId,
  IsIntBetween,
  IsListOf,
  IsOneOf,
  IsText,
  IsTimestamp,
  IsWon,
} from '../../../libs/platform/src/http/fields';

import { PageQuery } from '../../../libs/platform/src/http/page.query';
import { StrictValidationPipe } from '../../../libs/platform/src/http/validation.pipe';

class Line {
  @IsId()
  readonly optionId!: string;

  @IsIntBetween(1, 1_000)
  readonly quantity!: number;
}

class Everything {
  @IsWon({ min: 1, max: 10_000_000 }, { optional: true })
  readonly amount?: number;

  @IsIntBetween(-5, 5, { optional: true })
  readonly delta?: number;

  @IsText(1, 5, { optional: true })
  readonly name?: string;

  @IsText(0, 5, { optional: true, nullable: true })
  readonly note?: string | null;

  @IsOneOf(['FIXED', 'PERCENT'], { optional: true })
  readonly kind?: string;

  @IsTimestamp({ optional: true })
  readonly from?: Date;

  @IsFlag({ optional: true })
  readonly onSale?: boolean;
}

class Basket {
  @IsListOf(() => Line, { min: 1, max: 50 })
  readonly lines!: readonly Line[];
}

const pipe = new StrictValidationPipe();

async function held<T>(against: Type<T>, value: unknown, type: ArgumentMetadata['type'] = 'body'): Promise<T> {
  return pipe.transform(value, { type, metatype: against }) as T;
}

async function errorsOf(against: Type, value: unknown, type: ArgumentMetadata['type'] = 'body'): Promise<unknown[]> {
  try {
    await held(against, value, type);
  } catch (error) {
    if (error instanceof ValidationFailedException)
      return error.errors.map(({ field, message }) => [field, message.en]);
    throw error;
  }
  return [];
}

const optionId = '0199f0c2-6f7c-7b3e-9d54-0f6a1c2b3d4e';
const line = { optionId, quantity: 1 };

describe('a field of a body', () => {
  it.each([
    -1,
    0,
    1.5,
    '1000',
    ' ',
    true,
    null,
    [1000],
    Number.NaN,
    Number.POSITIVE_INFINITY,
    2 ** 53 + 1,
    1e20,
    2 ** 31,
    {},
  ])('is no amount of won when it is %p', async (amount) => {
    expect(await errorsOf(Everything, { amount })).toEqual([['amount', 'must be an integer from 1 to 10000000']]);
  });

  it('may be any integer in its range', async () => {
    expect(await held(Everything, { amount: 10_000_000, delta: -5 })).toMatchObject({ amount: 10_000_000, delta: -5 });
    expect(await errorsOf(Everything, { delta: 6 })).toHaveLength(1);
  });

  it('keeps a text trimmed, in NFC, counting characters', async () => {
    expect(await held(Everything, { name: '  한글 ' })).toMatchObject({ name: '한글' });
    expect(await held(Everything, { name: '😀😀😀😀😀' })).toMatchObject({ name: '😀😀😀😀😀' });
  });

  it.each(['', '   ', '123456', '😀😀😀😀😀😀', 'a\0', '\ud83d', 1, null, ['a'], {}])(
    'is no name when it is %p',
    async (name) => {
      expect(await errorsOf(Everything, { name })).toEqual([['name', 'must be a text of 1 to 5 characters']]);
    },
  );

  it('may be null only where that is said', async () => {
    expect(await held(Everything, { note: null })).toMatchObject({ note: null });
    expect(await errorsOf(Everything, { kind: null })).toHaveLength(1);
  });

  it.each(['fixed', '', null, 1, ['FIXED'], 'toString'])('is none of two words when it is %p', async (kind) => {
    expect(await errorsOf(Everything, { kind })).toEqual([['kind', 'must be one of FIXED, PERCENT']]);
  });

  it.each(['true', 1, 0, null])('is no flag when it is %p', async (onSale) => {
    expect(await errorsOf(Everything, { onSale })).toHaveLength(1);
  });

  it.each([
    ['2026-11-22T14:17:02.364Z', '2026-11-22T14:17:02.364Z'],
    ['2026-11-22T23:17:02+09:00', '2026-11-22T14:17:02.000Z'],
    ['2028-02-29t00:00:00z', '2028-02-29T00:00:00.000Z'],
  ])('is the moment %s', async (from, moment) => {
    expect((await held(Everything, { from })).from?.toISOString()).toBe(moment);
  });

  it.each([
    '2026-02-30T00:00:00Z',
    '2026-11-22',
    '2026-11-22T24:00:00Z',
    '2026-11-22T14:17:02',
    '9999-12-31T23:59:59-01:00',
    '0000-01-01T00:00:00Z',
    1_763_821_022,
    'now',
    null,
  ])('is no moment when it is %p', async (from) => {
    expect(await errorsOf(Everything, { from })).toEqual([['from', 'must be an RFC 3339 time']]);
  });

  it('is refused when nobody knows it, by at most 20 errors', async () => {
    expect(await errorsOf(Everything, { userId: 'lee' })).toEqual([['userId', 'is not known here']]);
    const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, at) => [`x${at}`, at]));
    expect(await errorsOf(Everything, many)).toHaveLength(20);
  });

  it('is called missing when it is', async () => {
    expect(await errorsOf(Line, {})).toEqual([
      ['optionId', 'is required'],
      ['quantity', 'is required'],
    ]);
    expect(await errorsOf(Basket, undefined)).toEqual([['lines', 'is required']]);
  });
});

describe('a list', () => {
  it('holds instances of its items, ids in lower case', async () => {
    const { lines } = await held(Basket, { lines: [{ ...line, optionId: optionId.toUpperCase() }] });

    expect(lines).toEqual([line]);
    expect(lines[0]).toBeInstanceOf(Line);
  });

  it.each([
    ['an empty list', []],
    ['a list of nothing', [null]],
    ['a list of lists', [[]]],
    ['a list of texts', ['x']],
    ['an object', { 0: line, length: 1 }],
    ['a text', 'lines'],
    ['null', null],
    ['51 lines', Array(51).fill(line)],
    ['2,800 bad lines', Array(2_800).fill({ x: 1 })],
  ])('is refused when it is %s', async (_, lines) => {
    expect(await errorsOf(Basket, { lines })).toEqual([['lines', 'must be a list of 1 to 50 objects']]);
  });

  it('says which field of which item is wrong', async () => {
    const lines = [line, { ...line, quantity: 0, price: 1 }];

    expect(await errorsOf(Basket, { lines })).toEqual([
      ['lines[1].price', 'is not known here'],
      ['lines[1].quantity', 'must be an integer from 1 to 1000'],
    ]);
  });
});

describe('the query of a page', () => {
  const query = (value: object): Promise<unknown[]> => errorsOf(PageQuery, value, 'query');

  it('is 20 items from the start unless said otherwise', async () => {
    expect(await held(PageQuery, {}, 'query')).toEqual({ limit: 20 });
    expect(await held(PageQuery, { limit: '7', cursor: 'abc' }, 'query')).toEqual({ limit: 7, cursor: 'abc' });
  });

  it.each(['0', '101', '1e1', '0x10', '1.0', ' 1', '', '-1', '１', ['1', '2'], 5])(
    'refuses a limit of %p',
    async (limit) => {
      expect(await query({ limit })).toEqual([['limit', 'must be an integer from 1 to 100']]);
    },
  );

  it('refuses a cursor that came twice, and what it does not know', async () => {
    expect(await query({ cursor: ['a', 'b'] })).toHaveLength(1);
    expect(await query({ 'limit[x]': '1' })).toEqual([['limit[x]', 'is not known here']]);
  });
});
