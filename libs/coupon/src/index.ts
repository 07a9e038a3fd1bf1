export {
  CouponService,
  type CreateCoupon,
  type IssueCoupon,
  type IssuedCouponView,
} from './application/coupon.service';
export { CouponWallet } from './application/ports/coupon-wallet';
export { CouponModule } from './coupon.module';
export { Coupon } from './domain/coupon';
export {
  CouponAlreadyIssuedException,
  CouponExpiredException,
  CouponNotFoundException,
  CouponNotStartedException,
  CouponNotUsableException,
  CouponSoldOutException,
  type CouponUnusableReason,
} from './domain/coupon.exceptions';
export type { CouponTerms } from './domain/coupon-terms';
export { Discount, type DiscountType } from './domain/discount';
export { HeldCoupons } from './domain/held-coupons';
export { type CouponRef, IssuedCoupon, type IssuedCouponStatus } from './domain/issued-coupon';
