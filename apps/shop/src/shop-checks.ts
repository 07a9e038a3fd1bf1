import { BALANCE_CHECKS } from '@app/balance';
import { COUPON_CHECKS } from '@app/coupon';
import { ORDER_CHECKS } from '@app/order';
import { PAYMENT_CHECKS } from '@app/payment';
import { type AuditCheck, PLATFORM_CHECKS } from '@app/platform';
import { PRODUCT_CHECKS } from '@app/product';
import { RANKING_CHECKS } from '@app/ranking';

/** All that must hold in this shop at any moment. */
export const SHOP_CHECKS: readonly AuditCheck[] = [
  ...PLATFORM_CHECKS,
  ...PRODUCT_CHECKS,
  ...BALANCE_CHECKS,
  ...COUPON_CHECKS,
  ...ORDER_CHECKS,
  ...PAYMENT_CHECKS,
  ...RANKING_CHECKS,
];
