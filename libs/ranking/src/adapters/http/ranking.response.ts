import { ApiProperty } from '@nestjs/swagger';
import type { RankedProduct, Ranking } from '../../domain/ranking';

export class RankingWindowResponse {
  @ApiProperty({ format: 'date-time', example: '2026-11-19T14:15:00.000Z' })
  readonly from!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T14:15:00.000Z' })
  readonly to!: string;
}

export class RankedProductResponse implements RankedProduct {
  @ApiProperty({ type: 'integer', minimum: 1, maximum: 5, example: 1 })
  readonly rank!: number;

  @ApiProperty({ format: 'uuid', example: '019a9f7e-5f3a-7c41-9d0e-3b7f0c2f1a11' })
  readonly productId!: string;

  @ApiProperty({ example: '제주 감귤' })
  readonly name!: string;

  @ApiProperty({ type: 'integer', description: '가장 싼 옵션의 가격(원)', example: 19_900 })
  readonly price!: number;

  @ApiProperty({ type: 'integer', description: '기간 동안 팔린 수량', example: 42 })
  readonly soldQuantity!: number;
}

export class RankingResponse implements Ranking {
  @ApiProperty({ format: 'date-time', example: '2026-11-22T14:15:00.000Z' })
  readonly generatedAt!: string;

  @ApiProperty({ type: RankingWindowResponse })
  readonly window!: RankingWindowResponse;

  @ApiProperty({ type: [RankedProductResponse] })
  readonly items!: readonly RankedProductResponse[];
}
