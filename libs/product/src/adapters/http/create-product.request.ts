import { IsIntBetween, IsListOf, IsText, IsWon } from '@app/platform';

export class AddOptionRequest {
  @IsText(1, 200, { description: '옵션 이름', example: '적축' })
  readonly name!: string;

  @IsWon({ min: 0, max: 100_000_000 }, { description: '가격(원)', example: 129_000 })
  readonly price!: number;

  @IsIntBetween(0, 10_000_000, { description: '처음 재고', example: 100 })
  readonly stock!: number;
}

export class CreateProductRequest {
  @IsText(1, 200, { description: '상품 이름', example: '무선 키보드' })
  readonly name!: string;

  @IsText(0, 2_000, { description: '상품 설명', default: '', example: '조용한 저소음 스위치', optional: true })
  readonly description: string = '';

  @IsListOf(() => AddOptionRequest, { min: 1, max: 50 }, { description: '옵션 1~50개' })
  readonly options!: AddOptionRequest[];
}
