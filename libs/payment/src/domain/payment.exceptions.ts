import { DomainException } from '@app/shared';

/** No such payment, or one of somebody else: the answer is the same. */
export class PaymentNotFoundException extends DomainException {
  constructor() {
    super('not-found', 'PAYMENT_NOT_FOUND', { ko: '결제 정보가 존재하지 않습니다', en: 'The payment does not exist' });
  }
}

export class PaymentAlreadyRefundedException extends DomainException {
  constructor() {
    super('conflict', 'PAYMENT_ALREADY_REFUNDED', {
      ko: '이미 환불된 결제입니다',
      en: 'The payment has been refunded already',
    });
  }
}
