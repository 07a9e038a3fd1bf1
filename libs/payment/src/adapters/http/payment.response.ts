import { ApiProperty } from '@nestjs/swagger';
import type { PaymentView } from '../../application/payment-view';

const ID = { format: 'uuid', example: '019a9f7e-5f3a-7c41-9d0e-3b7f0c2f1a11' } as const;

export class PaymentResponse implements PaymentView {
  @ApiProperty(ID)
  readonly id!: string;

  @ApiProperty(ID)
  readonly orderId!: string;

  @ApiProperty({ enum: ['PAID', 'REFUNDED'], description: '결제 완료 · 환불', example: 'PAID' })
  readonly status!: PaymentView['status'];

  @ApiProperty({ type: 'integer', description: '할인 전 금액(원)', example: 39_800 })
  readonly subtotal!: number;

  @ApiProperty({ type: 'integer', description: '쿠폰 할인액(원)', example: 0 })
  readonly discount!: number;

  @ApiProperty({ type: 'integer', description: '결제한 금액(원)', example: 39_800 })
  readonly amount!: number;

  @ApiProperty({ type: 'integer', description: '결제(환불) 직후의 잔액(원)', example: 60_200 })
  readonly balanceAfter!: number;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T14:18:40.120Z' })
  readonly paidAt!: string;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', example: null })
  readonly refundedAt!: string | null;
}
