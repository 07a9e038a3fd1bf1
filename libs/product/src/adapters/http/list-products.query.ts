import { IsOneOf, IsText, PageQuery } from '@app/platform';
import { type ListProducts, PRODUCT_SORTS, type ProductSort } from '../../application/ports/product-reader';

export class ListProductsQuery extends PageQuery implements ListProducts {
  @IsText(0, 200, {
    description: '상품 이름의 일부. 대소문자를 가리지 않습니다. 비워 두면 모두',
    example: '감귤',
    optional: true,
  })
  readonly q?: string;

  @IsOneOf(PRODUCT_SORTS, { description: '최신순 또는 이름순', default: 'newest', example: 'newest', optional: true })
  readonly sort: ProductSort = 'newest';
}
