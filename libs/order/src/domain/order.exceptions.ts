import { DomainException } from '@app/shared';

/** No such order, or one of somebody else: the answer is the same. */
export class OrderNotFoundException extends DomainException {
  constructor() {
    super('not-found', 'ORDER_NOT_FOUND', { ko: '주문 정보가 존재하지 않습니다', en: 'The order does not exist' });
  }
}

export class OrderAlreadyPaidException extends DomainException {
  constructor(paymentId: string) {
    super(
      'conflict',
      'ORDER_ALREADY_PAID',
      { ko: '이미 결제된 주문입니다', en: 'The order has been paid already' },
      { paymentId },
    );
  }
}

export class OrderExpiredException extends DomainException {
  constructor() {
    super('conflict', 'ORDER_EXPIRED', {
      ko: '결제 가능 시간이 지난 주문입니다',
      en: 'The time to pay the order has passed',
    });
  }
}

export class OrderCancelledException extends DomainException {
  constructor() {
    super('conflict', 'ORDER_CANCELLED', { ko: '취소된 주문입니다', en: 'The order has been cancelled' });
  }
}

export class OrderNotCancellableException extends DomainException {
  /** `orderStatus`: what the order is instead of pending. */
  constructor(orderStatus: string) {
    super(
      'conflict',
      'ORDER_NOT_CANCELLABLE',
      { ko: '취소할 수 없는 주문입니다', en: 'The order can no longer be cancelled' },
      { orderStatus },
    );
  }
}
