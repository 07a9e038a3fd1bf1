import { CouponNotUsableException } from '@app/coupon';
import { ApiPage, ApiProblems, CallerId, CreatedAt, Customer, Idempotent, IdParam, PageQuery } from '@app/platform';
import { OutOfStockException, ProductNotOnSaleException, ProductOptionNotFoundException } from '@app/product';
import type { Page } from '@app/shared';
import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { OrderService } from '../../application/order.service';
import type { OrderView } from '../../application/order-view';
import { OrderNotCancellableException, OrderNotFoundException } from '../../domain/order.exceptions';
import { OrderResponse } from './order.responses';
import { PlaceOrderRequest } from './place-order.request';

const SHORTAGE = { optionId: '019a9f7e-0000-7000-8000-000000000101', requested: 3, available: 1 };

@ApiTags('order')
@Customer()
@Controller('orders')
export class OrderController {
  constructor(private readonly orders: OrderService) {}

  @Post()
  @Idempotent()
  @CreatedAt<OrderView>(({ id }) => `/orders/${id}`)
  @ApiOperation({
    operationId: 'createOrder',
    summary: '주문',
    description: '재고와 쿠폰을 예약합니다. 모두 담기거나 아무것도 담기지 않으며, 가격은 주문 시점에 정해집니다.',
  })
  @ApiCreatedResponse({ type: OrderResponse })
  @ApiProblems(
    new ProductOptionNotFoundException(),
    new ProductNotOnSaleException(),
    new OutOfStockException([SHORTAGE]),
    new CouponNotUsableException('USED'),
  )
  place(@CallerId() userId: string, @Body() { lines, couponId }: PlaceOrderRequest): Promise<OrderView> {
    return this.orders.place({ userId, items: lines, couponId });
  }

  @Get()
  @ApiOperation({ operationId: 'listOrders', summary: '내 주문 목록', description: '최신순입니다.' })
  @ApiPage(OrderResponse)
  list(@CallerId() userId: string, @Query() page: PageQuery): Promise<Page<OrderView>> {
    return this.orders.list(userId, page);
  }

  @Get(':orderId')
  @ApiOperation({ operationId: 'getOrder', summary: '주문 조회', description: '내 주문만 조회할 수 있습니다.' })
  @ApiOkResponse({ type: OrderResponse })
  @ApiProblems(new OrderNotFoundException())
  get(@CallerId() userId: string, @IdParam('orderId') orderId: string): Promise<OrderView> {
    return this.orders.get({ userId, orderId });
  }

  @Post(':orderId/cancel')
  @HttpCode(200)
  @Idempotent()
  @ApiOperation({
    operationId: 'cancelOrder',
    summary: '주문 취소',
    description: '결제 전 주문만 취소할 수 있습니다. 예약한 재고와 쿠폰을 돌려놓습니다.',
  })
  @ApiOkResponse({ type: OrderResponse })
  @ApiProblems(new OrderNotFoundException(), new OrderNotCancellableException('PAID'))
  cancel(@CallerId() userId: string, @IdParam('orderId') orderId: string): Promise<OrderView> {
    return this.orders.cancel({ userId, orderId });
  }
}
