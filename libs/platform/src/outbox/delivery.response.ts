import { ApiProperty } from '@nestjs/swagger';
import { DELIVERY_STATUSES, type Delivery, type DeliveryStatus } from './deliveries';

export class DeliveryResponse {
  @ApiProperty({
    format: 'uuid',
    description: '외부로 보내는 webhook-id와 같습니다.',
    example: '019a9f7e-5f3a-7c41-9d0e-3b7f0c2f1a11',
  })
  readonly id: string;

  @ApiProperty({ example: 'order.paid' })
  readonly type: string;

  @ApiProperty({ enum: DELIVERY_STATUSES, example: 'PENDING' })
  readonly status: DeliveryStatus;

  @ApiProperty({ type: 'integer', description: '지금까지 보낸 횟수', example: 1 })
  readonly attempts: number;

  @ApiProperty({ type: String, nullable: true, description: '마지막 실패의 이유', example: 'status 503' })
  readonly lastError: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'date-time',
    description: '다음에 보낼 시각. 더 보내지 않으면 null',
    example: '2026-11-22T14:17:07.364Z',
  })
  readonly nextAttemptAt: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T14:17:02.364Z' })
  readonly createdAt: string;

  constructor({ id, type, status, attempts, lastError, nextAttemptAt, createdAt }: Delivery) {
    this.id = id;
    this.type = type;
    this.status = status;
    this.attempts = attempts;
    this.lastError = lastError;
    this.nextAttemptAt = nextAttemptAt?.toISOString() ?? null;
    this.createdAt = createdAt.toISOString();
  }
}
