import { DomainException, ValidationFailedException } from '@app/shared';

/** An option of which more was asked for than can still be ordered. */
export interface Shortage {
  readonly optionId: string;
  readonly requested: number;
  readonly available: number;
}

export class ProductNotFoundException extends DomainException {
  constructor() {
    super('not-found', 'PRODUCT_NOT_FOUND', {
      ko: '상품 정보가 존재하지 않습니다',
      en: 'The product does not exist',
    });
  }
}

export class ProductOptionNotFoundException extends DomainException {
  constructor() {
    super('not-found', 'PRODUCT_OPTION_NOT_FOUND', {
      ko: '상품 옵션 정보가 존재하지 않습니다',
      en: 'The product option does not exist',
    });
  }
}

export class ProductNotOnSaleException extends DomainException {
  constructor() {
    super('conflict', 'PRODUCT_NOT_ON_SALE', { ko: '판매 중인 상품이 아닙니다', en: 'The product is not on sale' });
  }
}

export class OutOfStockException extends DomainException {
  constructor(shortages: readonly Shortage[]) {
    super('conflict', 'OUT_OF_STOCK', { ko: '상품 재고가 부족합니다', en: 'The stock is insufficient' }, { shortages });
  }
}

export class StockBelowReservedException extends DomainException {
  constructor() {
    super('conflict', 'STOCK_BELOW_RESERVED', {
      ko: '주문에 잡혀 있는 수량보다 재고를 적게 둘 수 없습니다',
      en: 'The stock cannot go below what orders have reserved',
    });
  }
}

export class StockLimitExceededException extends ValidationFailedException {
  constructor(limit: number) {
    const message = {
      ko: `재고는 ${limit.toLocaleString('en')}개를 넘을 수 없습니다`,
      en: `The stock cannot exceed ${limit.toLocaleString('en')}`,
    };
    super([{ field: 'delta', message }]);
  }
}

export class OptionCountOutOfRangeException extends ValidationFailedException {
  constructor(most: number) {
    const message = {
      ko: `상품의 옵션은 1~${most}개여야 합니다`,
      en: `A product must have 1 to ${most} options`,
    };
    super([{ field: 'options', message }]);
  }
}
