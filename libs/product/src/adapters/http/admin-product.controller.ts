import { Admin, ApiProblems, CallerId, CreatedAt, Idempotent, IdParam } from '@app/platform';
import { Money } from '@app/shared';
import { Body, Controller, HttpCode, Patch, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type AddOption, ProductService } from '../../application/product.service';
import type { OptionView, ProductView } from '../../application/product-view';
import {
  ProductNotFoundException,
  ProductOptionNotFoundException,
  StockBelowReservedException,
} from '../../domain/product.exceptions';
import {
  ChangeOptionRequest,
  ChangeProductRequest,
  ChangeStockRequest,
  requireSomeChange,
} from './change-product.request';
import { AddOptionRequest, CreateProductRequest } from './create-product.request';
import { OptionResponse, ProductResponse } from './product.responses';

@ApiTags('admin')
@Admin()
@Controller('admin')
export class AdminProductController {
  constructor(private readonly products: ProductService) {}

  @Post('products')
  @CreatedAt<ProductView>(({ id }) => `/products/${id}`)
  @ApiOperation({ operationId: 'createProduct', summary: '상품 등록', description: '등록하면 바로 판매됩니다.' })
  @ApiCreatedResponse({ type: ProductResponse })
  create(@Body() { name, description, options }: CreateProductRequest): Promise<ProductView> {
    return this.products.create({ name, description, options: options.map(toOption) });
  }

  @Patch('products/:productId')
  @ApiOperation({
    operationId: 'changeProduct',
    summary: '상품 수정',
    description: '보낸 항목만 바꿉니다. onSale이 false면 목록에서 사라지고 주문할 수 없습니다.',
  })
  @ApiOkResponse({ type: ProductResponse })
  @ApiProblems(new ProductNotFoundException())
  async change(@IdParam('productId') productId: string, @Body() change: ChangeProductRequest): Promise<ProductView> {
    requireSomeChange(change);
    return this.products.change(productId, change);
  }

  @Post('products/:productId/options')
  @CreatedAt<OptionView>(({ productId }) => `/products/${productId}`)
  @ApiOperation({ operationId: 'addProductOption', summary: '옵션 추가', description: '상품마다 50개까지.' })
  @ApiCreatedResponse({ type: OptionResponse })
  @ApiProblems(new ProductNotFoundException())
  addOption(@IdParam('productId') productId: string, @Body() option: AddOptionRequest): Promise<OptionView> {
    return this.products.addOption(productId, toOption(option));
  }

  @Patch('options/:optionId')
  @ApiOperation({
    operationId: 'changeProductOption',
    summary: '옵션 수정',
    description: '보낸 항목만 바꿉니다. 이미 접수된 주문의 이름과 가격은 그대로입니다.',
  })
  @ApiOkResponse({ type: OptionResponse })
  @ApiProblems(new ProductOptionNotFoundException())
  async changeOption(@IdParam('optionId') optionId: string, @Body() change: ChangeOptionRequest): Promise<OptionView> {
    requireSomeChange(change);
    const { name, price } = change;
    return this.products.changeOption(optionId, { name, price: price === undefined ? undefined : Money.of(price) });
  }

  @Post('options/:optionId/stock')
  @HttpCode(200)
  @Idempotent()
  @ApiOperation({
    operationId: 'changeStock',
    summary: '재고 조정',
    description: '재고를 더하거나 뺍니다. 재고는 1천만 개까지이고, 주문에 잡혀 있는 수량 아래로 내릴 수 없습니다.',
  })
  @ApiOkResponse({ type: OptionResponse })
  @ApiProblems(new ProductOptionNotFoundException(), new StockBelowReservedException())
  changeStock(
    @CallerId() userId: string,
    @IdParam('optionId') optionId: string,
    @Body() { delta }: ChangeStockRequest,
  ): Promise<OptionView> {
    return this.products.changeStock({ userId, optionId, delta });
  }
}

function toOption({ name, price, stock }: AddOptionRequest): AddOption {
  return { name, price: Money.of(price), stock };
}
