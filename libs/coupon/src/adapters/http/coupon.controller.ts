import { ApiPage, ApiProblems, CallerId, Customer, Idempotent, IdParam, PageQuery, Public } from '@app/platform';
import { mapPage, type Page } from '@app/shared';
import { Controller, Get, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CouponService, type IssuedCouponView } from '../../application/coupon.service';
import {
  CouponAlreadyIssuedException,
  CouponExpiredException,
  CouponNotFoundException,
  CouponNotStartedException,
  CouponSoldOutException,
} from '../../domain/coupon.exceptions';
import { CouponResponse, IssuedCouponResponse } from './coupon.responses';

@ApiTags('coupon')
@Controller('coupons')
export class CouponController {
  constructor(private readonly coupons: CouponService) {}

  @Get()
  @Public()
  @ApiOperation({
    operationId: 'listCoupons',
    summary: '쿠폰 목록',
    description:
      '지금 발급받을 수 있거나 곧 발급이 시작될 쿠폰입니다. 먼저 끝나는 순서이며, 기간이 끝났거나 모두 소진된 쿠폰은 나오지 않습니다.',
  })
  @ApiPage(CouponResponse)
  async list(@Query() page: PageQuery): Promise<Page<CouponResponse>> {
    return mapPage(await this.coupons.list(page), (coupon) => new CouponResponse(coupon));
  }

  @Post(':couponId/issue')
  @Customer()
  @Idempotent()
  @ApiOperation({
    operationId: 'issueCoupon',
    summary: '선착순 쿠폰 발급',
    description:
      '도착한 순서대로 한 사람에 한 장씩 발급합니다. 발급할 수 없으면 기간 전, 기간 만료, 소진, 이미 발급받음의 순서로 이유 하나를 알려 줍니다.',
  })
  @ApiCreatedResponse({ type: IssuedCouponResponse })
  @ApiProblems(
    new CouponNotFoundException(),
    new CouponNotStartedException(),
    new CouponExpiredException(),
    new CouponSoldOutException(),
    new CouponAlreadyIssuedException(),
  )
  issue(@CallerId() userId: string, @IdParam('couponId') couponId: string): Promise<IssuedCouponView> {
    return this.coupons.issue({ userId, couponId });
  }

  @Get('mine')
  @Customer()
  @ApiOperation({
    operationId: 'listMyCoupons',
    summary: '내 쿠폰 목록',
    description: '발급받은 쿠폰 전부이며 최신순입니다.',
  })
  @ApiPage(IssuedCouponResponse)
  mine(@CallerId() userId: string, @Query() page: PageQuery): Promise<Page<IssuedCouponView>> {
    return this.coupons.issuedTo(userId, page);
  }
}
