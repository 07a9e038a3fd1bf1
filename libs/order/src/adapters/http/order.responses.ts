import { ApiProperty } from '@nestjs/swagger';
import type { OrderLineView, OrderView } from '../../application/order-view';

const ID = { format: 'uuid', example: '019a9f7e-5f3a-7c41-9d0e-3b7f0c2f1a11' } as const;

class OrderLineResponse implements OrderLineView {
  @ApiProperty(ID)
  readonly productId!: string;

  @ApiProperty({ description: '주문 당시의 상품 이름', example: '제주 감귤' })
  readonly productName!: string;

  @ApiProperty(ID)
  readonly optionId!: string;

  @ApiProperty({ description: '주문 당시의 옵션 이름', example: '5kg' })
  readonly optionName!: string;

  @ApiProperty({ type: 'integer', description: '주문 당시의 단가(원)', example: 19_900 })
  readonly unitPrice!: number;

  @ApiProperty({ type: 'integer', example: 2 })
  readonly quantity!: number;

  @ApiProperty({ type: 'integer', description: '단가 × 수량(원)', example: 39_800 })
  readonly amount!: number;
}

export class OrderResponse implements OrderView {
  @ApiProperty(ID)
  readonly id!: string;

  @ApiProperty({
    enum: ['PENDING_PAYMENT', 'PAID', 'CANCELLED', 'EXPIRED', 'REFUNDED'],
    description: '결제 대기 · 결제 완료 · 취소 · 기간 만료 · 환불',
    example: 'PENDING_PAYMENT',
  })
  readonly status!: OrderView['status'];

  @ApiProperty({ type: [OrderLineResponse] })
  readonly lines!: readonly OrderLineResponse[];

  @ApiProperty({ type: String, nullable: true, format: 'uuid', example: null })
  readonly couponId!: string | null;

  @ApiProperty({ type: 'integer', description: '할인 전 금액(원)', example: 39_800 })
  readonly subtotal!: number;

  @ApiProperty({ type: 'integer', description: '쿠폰 할인액(원)', example: 0 })
  readonly discount!: number;

  @ApiProperty({ type: 'integer', description: '결제할 금액(원)', example: 39_800 })
  readonly total!: number;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T14:17:02.364Z' })
  readonly placedAt!: string;

  @ApiProperty({
    format: 'date-time',
    description: '이 시각부터는 결제할 수 없습니다.',
    example: '2026-11-22T14:32:02.364Z',
  })
  readonly expiresAt!: string;

  @ApiProperty({ type: String, nullable: true, format: 'uuid', example: null })
  readonly paymentId!: string | null;
}
