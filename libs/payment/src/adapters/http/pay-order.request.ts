import { IsId } from '@app/platform';

export class PayOrderRequest {
  @IsId({ description: '결제할 주문 ID', example: '019a9f7e-0000-7000-8000-000000000301' })
  readonly orderId!: string;
}
