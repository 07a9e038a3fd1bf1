import { ApiProperty } from '@nestjs/swagger';
import type { BalanceTransaction } from '../../domain/balance';

export class BalanceResponse {
  @ApiProperty({ type: 'integer', description: '잔액(원)', example: 10_000 })
  readonly balance!: number;
}

export class ChargeResponse {
  @ApiProperty({ format: 'uuid', example: '019a9f7e-5f3a-7c41-9d0e-3b7f0c2f1a11' })
  readonly transactionId!: string;

  @ApiProperty({ type: 'integer', description: '충전한 금액(원)', example: 10_000 })
  readonly amount!: number;

  @ApiProperty({ type: 'integer', description: '충전 후 잔액(원)', example: 10_000 })
  readonly balance!: number;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T14:17:02.364Z' })
  readonly chargedAt!: string;
}

export class BalanceTransactionResponse {
  @ApiProperty({ format: 'uuid', example: '019a9f7e-5f3a-7c41-9d0e-3b7f0c2f1a11' })
  readonly id: string;

  @ApiProperty({ enum: ['CHARGE', 'PAYMENT', 'REFUND'], example: 'CHARGE' })
  readonly type: string;

  @ApiProperty({ type: 'integer', description: '변동 금액(원). 결제는 음수입니다.', example: 10_000 })
  readonly amount: number;

  @ApiProperty({ type: 'integer', description: '변동 후 잔액(원)', example: 10_000 })
  readonly balanceAfter: number;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'uuid',
    description: '결제 ID. 충전이면 null입니다.',
    example: null,
  })
  readonly referenceId: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T14:17:02.364Z' })
  readonly createdAt: string;

  constructor({ id, type, amount, balanceAfter, referenceId, createdAt }: BalanceTransaction) {
    this.id = id;
    this.type = type;
    this.amount = amount.won;
    this.balanceAfter = balanceAfter.won;
    this.referenceId = referenceId;
    this.createdAt = createdAt.toISOString();
  }
}
