import type { AuditCheck } from '@app/platform';

/** What must hold for options by themselves; who reserved and sold them is for those who did. */
export const PRODUCT_CHECKS: readonly AuditCheck[] = [
  {
    name: 'stock.bounds',
    query: `
      SELECT id AS "optionId", on_hand AS "onHand", reserved FROM product_option
       WHERE reserved < 0 OR reserved > on_hand`,
  },
];
