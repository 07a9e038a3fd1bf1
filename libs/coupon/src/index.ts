export { COUPON_CHECKS } from './adapters/persistence/coupon.checks';
export { CouponService } from './application/coupon.service';
export { CouponWallet } from './application/ports/coupon-wallet';
export { CouponModule } from './coupon.module';
export { CouponNotUsableException } from './domain/coupon.exceptions';
export { Discount } from './domain/discount';
export { HeldCoupons } from './domain/held-coupons';
