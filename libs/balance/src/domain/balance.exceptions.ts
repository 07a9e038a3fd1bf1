import { DomainException, type Money } from '@app/shared';

export class InvalidChargeAmountException extends DomainException {
  constructor() {
    super('invalid', 'INVALID_CHARGE_AMOUNT', {
      ko: '0 이하의 금액은 충전 불가합니다.',
      en: 'The amount to charge must be positive.',
    });
  }
}

export class BalanceLimitExceededException extends DomainException {
  constructor() {
    super('conflict', 'BALANCE_LIMIT_EXCEEDED', {
      ko: '보유 한도를 초과했습니다',
      en: 'The balance would exceed its limit',
    });
  }
}

export class InsufficientBalanceException extends DomainException {
  constructor(held: Money, required: Money) {
    super(
      'conflict',
      'INSUFFICIENT_BALANCE',
      { ko: '잔액이 부족합니다', en: 'The balance is insufficient' },
      { balance: held.won, required: required.won },
    );
  }
}
