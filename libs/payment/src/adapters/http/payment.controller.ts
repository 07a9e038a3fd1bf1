import { BalanceLimitExceededException, InsufficientBalanceException } from '@app/balance';
import {
  OrderAlreadyPaidException,
  OrderCancelledException,
  OrderExpiredException,
  OrderNotFoundException,
} from '@app/order';
import { ApiProblems, CallerId, CreatedAt, Customer, Idempotent, IdParam } from '@app/platform';
import { Money } from '@app/shared';
import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PaymentService } from '../../application/payment.service';
import type { PaymentView } from '../../application/payment-view';
import { PaymentAlreadyRefundedException, PaymentNotFoundException } from '../../domain/payment.exceptions';
import { PayOrderRequest } from './pay-order.request';
import { PaymentResponse } from './payment.response';

@ApiTags('payment')
@Customer()
@Controller('payments')
export class PaymentController {
  constructor(private readonly payments: PaymentService) {}

  @Post()
  @Idempotent()
  @CreatedAt<PaymentView>(({ id }) => `/payments/${id}`)
  @ApiOperation({
    operationId: 'payOrder',
    summary: '결제',
    description:
      '주문을 잔액으로 결제합니다. 한 주문은 몇 번을 시도해도 한 번만 결제되고, 잔액이 부족하면 충전 후 다시 시도할 수 있습니다.',
  })
  @ApiCreatedResponse({ type: PaymentResponse })
  @ApiProblems(
    new OrderNotFoundException(),
    new OrderAlreadyPaidException('019a9f7e-5f3a-7c41-9d0e-3b7f0c2f1a11'),
    new OrderExpiredException(),
    new OrderCancelledException(),
    new InsufficientBalanceException(Money.of(10_000), Money.of(39_800)),
  )
  pay(@CallerId() userId: string, @Body() { orderId }: PayOrderRequest): Promise<PaymentView> {
    return this.payments.pay({ userId, orderId });
  }

  @Get(':paymentId')
  @ApiOperation({ operationId: 'getPayment', summary: '결제 조회', description: '내 결제만 조회할 수 있습니다.' })
  @ApiOkResponse({ type: PaymentResponse })
  @ApiProblems(new PaymentNotFoundException())
  get(@CallerId() userId: string, @IdParam('paymentId') paymentId: string): Promise<PaymentView> {
    return this.payments.get({ userId, paymentId });
  }

  @Post(':paymentId/refund')
  @HttpCode(200)
  @Idempotent()
  @ApiOperation({
    operationId: 'refundPayment',
    summary: '환불',
    description: '결제 금액을 잔액으로 돌려주고, 재고와 쿠폰을 되돌립니다. 한 번만 할 수 있습니다.',
  })
  @ApiOkResponse({ type: PaymentResponse })
  @ApiProblems(
    new PaymentNotFoundException(),
    new PaymentAlreadyRefundedException(),
    new BalanceLimitExceededException(),
  )
  refund(@CallerId() userId: string, @IdParam('paymentId') paymentId: string): Promise<PaymentView> {
    return this.payments.refund({ userId, paymentId });
  }
}
