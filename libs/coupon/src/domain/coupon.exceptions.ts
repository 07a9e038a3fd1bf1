import { DomainException } from '@app/shared';

export class CouponNotFoundException extends DomainException {
  constructor() {
    super('not-found', 'COUPON_NOT_FOUND', {
      ko: '쿠폰 정보가 존재하지 않습니다',
      en: 'There is no such coupon',
    });
  }
}

export class CouponNotStartedException extends DomainException {
  constructor() {
    super('conflict', 'COUPON_NOT_STARTED', {
      ko: '쿠폰 발급 기간이 아닙니다',
      en: 'The coupon cannot be issued yet',
    });
  }
}

export class CouponExpiredException extends DomainException {
  constructor() {
    super('conflict', 'COUPON_EXPIRED', { ko: '쿠폰 기간이 만료되었습니다', en: 'The coupon has expired' });
  }
}

export class CouponSoldOutException extends DomainException {
  constructor() {
    super('conflict', 'COUPON_SOLD_OUT', { ko: '쿠폰 수량이 모두 소진되었습니다', en: 'The coupon is sold out' });
  }
}

export class CouponAlreadyIssuedException extends DomainException {
  constructor() {
    super('conflict', 'COUPON_ALREADY_ISSUED', {
      ko: '이미 발급받은 쿠폰입니다',
      en: 'The coupon was issued to you already',
    });
  }
}

/** Why an order cannot take a coupon; what was never issued, is unknown or is somebody else's reads the same. */
export type CouponUnusableReason = 'NOT_ISSUED' | 'EXPIRED' | 'RESERVED' | 'USED' | 'ORDER_TOO_SMALL';

export class CouponNotUsableException extends DomainException {
  constructor(reason: CouponUnusableReason) {
    super(
      'conflict',
      'COUPON_NOT_USABLE',
      { ko: '쿠폰이 유효하지 않습니다', en: 'The coupon cannot be used' },
      { reason },
    );
  }
}
