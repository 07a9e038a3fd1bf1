import { Admin } from '@app/platform';
import { Body, Controller, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CouponService } from '../../application/coupon.service';
import { CouponResponse } from './coupon.responses';
import { CreateCouponRequest } from './create-coupon.request';

@ApiTags('admin')
@Admin()
@Controller('admin/coupons')
export class AdminCouponController {
  constructor(private readonly coupons: CouponService) {}

  @Post()
  @ApiOperation({
    operationId: 'createCoupon',
    summary: '쿠폰 등록',
    description: '등록한 쿠폰의 조건은 바뀌지 않습니다.',
  })
  @ApiCreatedResponse({ type: CouponResponse })
  async create(@Body() request: CreateCouponRequest): Promise<CouponResponse> {
    return new CouponResponse(await this.coupons.create(request.toCommand()));
  }
}
