import { ApiPage, ApiProblems, IdParam, Public } from '@app/platform';
import type { Page } from '@app/shared';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ProductService } from '../../application/product.service';
import type { ProductView } from '../../application/product-view';
import { ProductNotFoundException } from '../../domain/product.exceptions';
import { ListProductsQuery } from './list-products.query';
import { ProductResponse } from './product.responses';

@ApiTags('product')
@Public()
@Controller('products')
export class ProductController {
  constructor(private readonly products: ProductService) {}

  @Get()
  @ApiOperation({
    operationId: 'listProducts',
    summary: '상품 목록 조회',
    description: '판매 중인 상품만 옵션, 남은 재고와 함께 보여 줍니다. 다른 서버에서 바뀐 내용은 1초 안에 보입니다.',
  })
  @ApiPage(ProductResponse)
  list(@Query() query: ListProductsQuery): Promise<Page<ProductView>> {
    return this.products.list(query);
  }

  @Get(':productId')
  @ApiOperation({
    operationId: 'getProduct',
    summary: '상품 조회',
    description: '판매가 중지된 상품도 조회됩니다. 판매 여부는 onSale이 알려 줍니다.',
  })
  @ApiOkResponse({ type: ProductResponse })
  @ApiProblems(new ProductNotFoundException())
  show(@IdParam('productId') productId: string): Promise<ProductView> {
    return this.products.get(productId);
  }
}
