import type { Evidence } from './evidence';
import { balanceReads, transactionReads } from './money-reads';
import { orderReads, paymentReads } from './order-reads';
import { rankingReads } from './ranking-reads';
import { couponReads, stockReads } from './shop-reads';

/** Checker 4: every read shows what was true at some moment between its question and its answer. */
export function reads(evidence: Evidence): string[] {
  return [
    ...balanceReads(evidence),
    ...transactionReads(evidence),
    ...orderReads(evidence),
    ...paymentReads(evidence),
    ...stockReads(evidence),
    ...couponReads(evidence),
    ...rankingReads(evidence),
  ];
}
