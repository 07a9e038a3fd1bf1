import type { Finding } from './accounting';
import type { Evidence } from './evidence';
import { moneyEffects } from './money-effects';
import { remembered } from './remembered';
import { shopEffects } from './shop-effects';

/** Where the books differ from what was acknowledged. */
export const effectFindings = remembered((evidence: Evidence): readonly Finding[] => [
  ...moneyEffects(evidence),
  ...shopEffects(evidence),
]);

/** Checker 1: what was acknowledged is in the books exactly once, what was refused is not, and nothing else is. */
export function effects(evidence: Evidence): string[] {
  return effectFindings(evidence).map(({ kind, text }) => `${kind}: ${text}`);
}
