import { DomainException } from '@app/shared';

/** No such event waits or has failed; one that was delivered is not offered again. */
export class DeliveryNotFoundException extends DomainException {
  constructor() {
    super('not-found', 'DELIVERY_NOT_FOUND', {
      ko: '전송 대기 중이거나 실패한 이벤트가 없습니다',
      en: 'No such event is waiting or has failed',
    });
  }
}
