import { IsFlag, IsIntBetween, IsText, IsWon } from '@app/platform';
import { ValidationFailedException } from '@app/shared';

export class ChangeProductRequest {
  @IsText(1, 200, { description: '상품 이름', example: '무선 키보드', optional: true })
  readonly name?: string;

  @IsText(0, 2_000, { description: '상품 설명', example: '조용한 저소음 스위치', optional: true })
  readonly description?: string;

  @IsFlag({ description: '판매 여부', example: false, optional: true })
  readonly onSale?: boolean;
}

export class ChangeOptionRequest {
  @IsText(1, 200, { description: '옵션 이름', example: '적축', optional: true })
  readonly name?: string;

  @IsWon({ min: 0, max: 100_000_000 }, { description: '가격(원)', example: 119_000, optional: true })
  readonly price?: number;
}

export class ChangeStockRequest {
  @IsIntBetween(-10_000_000, 10_000_000, {
    description: '더할 수량. 음수면 뺍니다. 주문에 잡혀 있는 수량보다 적게 둘 수는 없습니다.',
    example: 50,
  })
  readonly delta!: number;
}

/**
 * Each field of a change may be left out, all of them may not.
 * @throws ValidationFailedException
 */
export function requireSomeChange(body: object): void {
  if (Object.values(body).some((value) => value !== undefined)) return;
  throw ValidationFailedException.of('body', {
    ko: '바꿀 항목이 하나 이상 있어야 합니다',
    en: 'must name at least one thing to change',
  });
}
