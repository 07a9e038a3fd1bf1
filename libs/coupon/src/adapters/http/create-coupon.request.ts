import { IsIntBetween, IsOneOf, IsText, IsTimestamp, IsWon } from '@app/platform';
import { Money, type Sentence } from '@app/shared';
import { ValidateBy } from 'class-validator';
import type { CreateCoupon } from '../../application/coupon.service';
import { DISCOUNT_LIMITS, Discount, type DiscountType } from '../../domain/discount';

const MOST_WON = 100_000_000_000;

export class CreateCouponRequest {
  @IsText(1, 200, { description: '쿠폰 이름', example: '블랙프라이데이 10% 할인' })
  readonly name!: string;

  @IsOneOf(Object.keys(DISCOUNT_LIMITS), { description: '정액(FIXED) 또는 정률(PERCENT)', example: 'PERCENT' })
  readonly discountType!: DiscountType;

  @Agrees(({ discountType, discountValue }) => discountType !== 'PERCENT' || discountValue <= DISCOUNT_LIMITS.PERCENT, {
    ko: `PERCENT이면 ${DISCOUNT_LIMITS.PERCENT} 이하여야 합니다`,
    en: `must be at most ${DISCOUNT_LIMITS.PERCENT} for PERCENT`,
  })
  @IsIntBetween(1, DISCOUNT_LIMITS.FIXED, {
    description: 'FIXED이면 원, PERCENT이면 1~100의 퍼센트. 정률 할인액의 1원 미만은 버립니다.',
    example: 10,
  })
  readonly discountValue!: number;

  @IsWon(
    { min: 1, max: MOST_WON },
    {
      description: '할인 금액의 상한(원). 없거나 null이면 상한이 없습니다.',
      example: 5_000,
      default: null,
      optional: true,
      nullable: true,
    },
  )
  readonly maxDiscountAmount: number | null = null;

  @IsWon(
    { min: 0, max: MOST_WON },
    { description: '쿠폰을 쓸 수 있는 최소 주문 금액(원)', example: 30_000, default: 0, optional: true },
  )
  readonly minOrderAmount: number = 0;

  @IsIntBetween(1, 10_000_000, { description: '발급할 수 있는 수량', example: 1_000 })
  readonly totalQuantity!: number;

  @IsTimestamp({ description: '이 시각부터 발급합니다.', example: '2026-11-27T00:00:00.000Z' })
  readonly validFrom!: Date;

  @Agrees(({ validFrom, validUntil }) => !(validFrom instanceof Date) || validFrom < validUntil, {
    ko: 'validFrom보다 나중이어야 합니다',
    en: 'must be later than validFrom',
  })
  @IsTimestamp({
    description: '이 시각 직전까지 발급하고 쓸 수 있습니다. validFrom보다 나중이어야 합니다.',
    example: '2026-12-01T00:00:00.000Z',
  })
  readonly validUntil!: Date;

  toCommand(): CreateCoupon {
    const { name, discountType, discountValue, maxDiscountAmount, minOrderAmount } = this;
    const { totalQuantity, validFrom, validUntil } = this;
    const cap = maxDiscountAmount === null ? null : Money.of(maxDiscountAmount);
    const discount = new Discount(discountType, discountValue, cap);
    return { name, discount, minOrderAmount: Money.of(minOrderAmount), totalQuantity, validFrom, validUntil };
  }
}

/** A rule over two fields, told of the one that it is put on. The form of that field is checked first. */
function Agrees(holds: (request: CreateCouponRequest) => boolean, sentence: Sentence): PropertyDecorator {
  return ValidateBy(
    { name: 'agrees', validator: { validate: (_, args) => holds(args?.object as CreateCouponRequest) } },
    { context: sentence },
  );
}
