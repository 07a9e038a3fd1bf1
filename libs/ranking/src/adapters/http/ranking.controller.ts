import { Admin, Public } from '@app/platform';
import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RankingService } from '../../application/ranking.service';
import type { Ranking } from '../../domain/ranking';
import { RankingResponse } from './ranking.response';

@ApiTags('ranking')
@Controller()
export class RankingController {
  constructor(private readonly rankings: RankingService) {}

  @Get('products/rank')
  @Public()
  @ApiOperation({
    operationId: 'getPopularProducts',
    summary: '인기 상품',
    description: '최근 3일(72시간) 동안 결제된 주문의 판매 수량 상위 5개. 배치가 계산해 둔 결과를 캐시에서 읽습니다.',
  })
  @ApiOkResponse({ type: RankingResponse })
  show(): Promise<Ranking> {
    return this.rankings.current();
  }

  @Post('admin/rankings/refresh')
  @HttpCode(200)
  @Admin()
  @ApiOperation({
    operationId: 'refreshRanking',
    summary: '인기 상품 다시 계산',
    description: '배치를 기다리지 않습니다.',
  })
  @ApiOkResponse({ type: RankingResponse })
  refresh(): Promise<Ranking> {
    return this.rankings.refresh();
  }
}
