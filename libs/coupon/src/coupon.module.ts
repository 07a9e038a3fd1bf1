import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AdminCouponController } from './adapters/http/admin-coupon.controller';
import { CouponController } from './adapters/http/coupon.controller';
import { CouponRow } from './adapters/persistence/coupon.row';
import { IssuedCouponRow } from './adapters/persistence/issued-coupon.row';
import { TypeOrmCouponRepository } from './adapters/persistence/typeorm-coupon.repository';
import { TypeOrmIssuedCouponRepository } from './adapters/persistence/typeorm-issued-coupon.repository';
import { CouponService } from './application/coupon.service';
import { CouponRepository } from './application/ports/coupon.repository';
import { CouponWallet } from './application/ports/coupon-wallet';
import { IssuedCouponRepository } from './application/ports/issued-coupon.repository';

@Module({
  imports: [TypeOrmModule.forFeature([CouponRow, IssuedCouponRow])],
  controllers: [CouponController, AdminCouponController],
  providers: [
    CouponService,
    { provide: CouponRepository, useClass: TypeOrmCouponRepository },
    { provide: IssuedCouponRepository, useClass: TypeOrmIssuedCouponRepository },
    { provide: CouponWallet, useExisting: CouponService },
  ],
  exports: [CouponWallet],
})
export class CouponModule {}
