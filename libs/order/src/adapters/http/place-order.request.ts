import { IsId, IsIntBetween, IsListOf } from '@app/platform';

class OrderLineRequest {
  @IsId({ description: '주문할 옵션 ID', example: '019a9f7e-0000-7000-8000-000000000101' })
  readonly optionId!: string;

  @IsIntBetween(1, 1_000, { description: '수량', example: 2 })
  readonly quantity!: number;
}

export class PlaceOrderRequest {
  @IsListOf(() => OrderLineRequest, { min: 1, max: 50 }, { description: '같은 옵션을 두 번 적으면 수량을 더합니다.' })
  readonly lines!: OrderLineRequest[];

  @IsId({
    description: '사용할 쿠폰 ID. 발급받은 쿠폰만',
    example: '019a9f7e-0000-7000-8000-000000000201',
    optional: true,
  })
  readonly couponId?: string;
}
