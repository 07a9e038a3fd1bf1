import { ApiProperty } from '@nestjs/swagger';
import type { OptionView, ProductView } from '../../application/product-view';

export class OptionResponse implements OptionView {
  @ApiProperty({ format: 'uuid', example: '019a9f7e-5f3b-7a02-8c11-6d2e4f905b37' })
  readonly id!: string;

  @ApiProperty({ format: 'uuid', example: '019a9f7e-5f3a-7c41-9d0e-3b7f0c2f1a11' })
  readonly productId!: string;

  @ApiProperty({ description: '옵션 이름', example: '적축' })
  readonly name!: string;

  @ApiProperty({ type: 'integer', description: '가격(원)', example: 129_000 })
  readonly price!: number;

  @ApiProperty({ type: 'integer', description: '지금 주문할 수 있는 수량', example: 100 })
  readonly stock!: number;
}

export class ProductResponse implements ProductView {
  @ApiProperty({ format: 'uuid', example: '019a9f7e-5f3a-7c41-9d0e-3b7f0c2f1a11' })
  readonly id!: string;

  @ApiProperty({ description: '상품 이름', example: '무선 키보드' })
  readonly name!: string;

  @ApiProperty({ description: '상품 설명', example: '조용한 저소음 스위치' })
  readonly description!: string;

  @ApiProperty({ description: '판매 여부', example: true })
  readonly onSale!: boolean;

  @ApiProperty({ type: [OptionResponse] })
  readonly options!: readonly OptionResponse[];

  @ApiProperty({ format: 'date-time', example: '2026-11-22T14:17:02.364Z' })
  readonly createdAt!: string;
}
