import { ApiProperty } from '@nestjs/swagger';
import type { Coupon } from '../../domain/coupon';

const ID = { format: 'uuid', description: '쿠폰 ID', example: '019a9f7e-5f3a-7c41-9d0e-3b7f0c2f1a11' };
const NAME = { description: '쿠폰 이름', example: '블랙프라이데이 10% 할인' };
const DISCOUNT_TYPE = {
  enum: ['FIXED', 'PERCENT'],
  description: '정액(FIXED) 또는 정률(PERCENT)',
  example: 'PERCENT',
};
const DISCOUNT_VALUE = { type: 'integer', description: 'FIXED이면 원, PERCENT이면 퍼센트', example: 10 } as const;
const MAX_DISCOUNT_AMOUNT = {
  type: 'integer',
  nullable: true,
  description: '할인 금액의 상한(원). 상한이 없으면 null입니다.',
  example: 5_000,
} as const;
const MIN_ORDER_AMOUNT = { type: 'integer', description: '최소 주문 금액(원)', example: 30_000 } as const;
const VALID_UNTIL = {
  format: 'date-time',
  description: '이 시각 직전까지 발급하고 쓸 수 있습니다.',
  example: '2026-12-01T00:00:00.000Z',
};

export class CouponResponse {
  @ApiProperty(ID)
  readonly id: string;

  @ApiProperty(NAME)
  readonly name: string;

  @ApiProperty(DISCOUNT_TYPE)
  readonly discountType: string;

  @ApiProperty(DISCOUNT_VALUE)
  readonly discountValue: number;

  @ApiProperty(MAX_DISCOUNT_AMOUNT)
  readonly maxDiscountAmount: number | null;

  @ApiProperty(MIN_ORDER_AMOUNT)
  readonly minOrderAmount: number;

  @ApiProperty({ type: 'integer', description: '발급할 수 있는 총수량', example: 1_000 })
  readonly totalQuantity: number;

  @ApiProperty({ type: 'integer', description: '남은 수량', example: 873 })
  readonly remaining: number;

  @ApiProperty({ format: 'date-time', description: '이 시각부터 발급합니다.', example: '2026-11-27T00:00:00.000Z' })
  readonly validFrom: string;

  @ApiProperty(VALID_UNTIL)
  readonly validUntil: string;

  constructor({ terms, remaining }: Coupon) {
    this.id = terms.id;
    this.name = terms.name;
    this.discountType = terms.discount.type;
    this.discountValue = terms.discount.value;
    this.maxDiscountAmount = terms.discount.cap?.won ?? null;
    this.minOrderAmount = terms.minOrderAmount.won;
    this.totalQuantity = terms.totalQuantity;
    this.remaining = remaining;
    this.validFrom = terms.validFrom.toISOString();
    this.validUntil = terms.validUntil.toISOString();
  }
}

export class IssuedCouponResponse {
  @ApiProperty(ID)
  readonly couponId!: string;

  @ApiProperty({ type: 'integer', description: '몇 번째로 발급받았는지. 1부터 시작합니다.', example: 128 })
  readonly sequence!: number;

  @ApiProperty(NAME)
  readonly name!: string;

  @ApiProperty(DISCOUNT_TYPE)
  readonly discountType!: string;

  @ApiProperty(DISCOUNT_VALUE)
  readonly discountValue!: number;

  @ApiProperty(MAX_DISCOUNT_AMOUNT)
  readonly maxDiscountAmount!: number | null;

  @ApiProperty(MIN_ORDER_AMOUNT)
  readonly minOrderAmount!: number;

  @ApiProperty({
    enum: ['AVAILABLE', 'RESERVED', 'USED'],
    description: '쓸 수 있음, 결제를 기다리는 주문에 묶임, 결제에 쓰임',
    example: 'AVAILABLE',
  })
  readonly status!: string;

  @ApiProperty({ format: 'date-time', description: '발급받은 시각', example: '2026-11-27T00:00:00.117Z' })
  readonly issuedAt!: string;

  @ApiProperty(VALID_UNTIL)
  readonly validUntil!: string;
}
