import { IsOneOf } from '../http/fields';
import { PageQuery } from '../http/page.query';
import { DELIVERY_STATUSES, type DeliveryStatus } from './deliveries';

export class DeliveriesQuery extends PageQuery {
  @IsOneOf(DELIVERY_STATUSES, { description: '이 상태의 이벤트만', optional: true })
  readonly status?: DeliveryStatus;
}
