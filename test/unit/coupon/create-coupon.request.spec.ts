import { Money } from '@app/shared';
import { CreateCouponRequest } from '../../../libs/coupon/src/adapters/http/create-coupon.request';
import { Discount } from '../../../libs/coupon/src/domain/discount';
import { StrictValidationPipe } from '../../../libs/platform/src/http/validation.pipe';

const body = {
  name: '블랙프라이데이 10% 할인',
  discountType: 'PERCENT',
  discountValue: 10,
  totalQuantity: 1_000,
  validFrom: '2026-11-27T00:00:00+09:00',
  validUntil: '2026-12-01T00:00:00Z',
};

async function read(fields: object): Promise<CreateCouponRequest> {
  const metadata = { type: 'body', metatype: CreateCouponRequest } as const;
  return new StrictValidationPipe().transform({ ...body, ...fields }, metadata) as CreateCouponRequest;
}

describe('the request to make a coupon', () => {
  it('has no cap and no smallest order unless it says so', async () => {
    expect((await read({})).toCommand()).toEqual({
      name: body.name,
      discount: new Discount('PERCENT', 10),
      minOrderAmount: Money.zero,
      totalQuantity: 1_000,
      validFrom: new Date('2026-11-26T15:00:00.000Z'),
      validUntil: new Date('2026-12-01T00:00:00.000Z'),
    });
  });

  it.each([
    [{ discountValue: 100, maxDiscountAmount: 5_000, minOrderAmount: 30_000 }],
    [{ discountType: 'FIXED', discountValue: 100_000_000, maxDiscountAmount: null }],
    [{ totalQuantity: 10_000_000, maxDiscountAmount: 100_000_000_000, minOrderAmount: 100_000_000_000 }],
  ])('takes %j', async (fields) => {
    expect(await read(fields)).toMatchObject(fields);
  });

  it.each([
    ['discountValue', { discountValue: 101 }],
    ['discountValue', { discountValue: 0 }],
    ['discountValue', { discountType: 'FIXED', discountValue: 100_000_001 }],
    ['discountType', { discountType: 'FREE' }],
    ['maxDiscountAmount', { maxDiscountAmount: 0 }],
    ['maxDiscountAmount', { maxDiscountAmount: 100_000_000_001 }],
    ['minOrderAmount', { minOrderAmount: -1 }],
    ['minOrderAmount', { minOrderAmount: null }],
    ['totalQuantity', { totalQuantity: 10_000_001 }],
    ['name', { name: '' }],
    ['validFrom', { validFrom: '2026-11-31T00:00:00Z' }],
    ['validUntil', { validUntil: '2026-11-26T15:00:00Z' }],
    ['validUntil', { validUntil: 'tomorrow' }],
    ['id', { id: '019a9f7e-5f3a-7c41-9d0e-3b7f0c2f1a11' }],
  ])('names %s alone for %j', async (field, fields) => {
    await expect(read(fields)).rejects.toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ field }] });
  });
});
