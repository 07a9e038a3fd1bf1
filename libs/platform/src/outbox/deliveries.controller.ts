import { mapPage, type Page } from '@app/shared';
import { Controller, Get, HttpCode, HttpStatus, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiPage } from '../http/api-page';
import { ApiProblems } from '../http/api-problems';
import { Admin } from '../http/auth/access';
import { IdParam } from '../http/id.pipe';
import { Deliveries } from './deliveries';
import { DeliveriesQuery } from './deliveries.query';
import { DeliveryResponse } from './delivery.response';
import { DeliveryNotFoundException } from './outbox.exceptions';
import { OutboxRelay } from './outbox-relay';

@ApiTags('admin')
@Admin()
@Controller('admin/deliveries')
export class DeliveriesController {
  constructor(
    private readonly deliveries: Deliveries,
    private readonly relay: OutboxRelay,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listDeliveries',
    summary: '데이터 플랫폼 전송 내역',
    description: '최신순입니다. 여러 번 실패해 더 보내지 않는 이벤트는 DEAD입니다.',
  })
  @ApiPage(DeliveryResponse)
  async list(@Query() { status, ...page }: DeliveriesQuery): Promise<Page<DeliveryResponse>> {
    return mapPage(await this.deliveries.page(status, page), (delivery) => new DeliveryResponse(delivery));
  }

  @Post(':deliveryId/retry')
  @HttpCode(HttpStatus.ACCEPTED)
  @ApiOperation({
    operationId: 'retryDelivery',
    summary: '지금 다시 보내기',
    description:
      '기다리는 중이거나 DEAD인 이벤트를 곧바로 한 번 더 보냅니다. 이미 전달된 이벤트는 다시 보내지 않습니다.',
  })
  @ApiAcceptedResponse({ description: '곧 전송됩니다. 결과는 목록에서 볼 수 있습니다.' })
  @ApiProblems(new DeliveryNotFoundException())
  async retry(@IdParam('deliveryId') id: string): Promise<void> {
    await this.deliveries.retry(id);
    this.relay.wake();
  }
}
