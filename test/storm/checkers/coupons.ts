import type { BookedCoupon, BookedIssue, Evidence } from './evidence';
import { numberIn, targetOf } from './fields';
import { grouped } from './grouped';
import { nameOf, type Operation, operationsBy } from './operations';
import { againstRealTime } from './real-time';

/** Refusals that say that the user was in time. */
const IN_TIME: ReadonlySet<string | undefined> = new Set(['COUPON_SOLD_OUT', 'COUPON_ALREADY_ISSUED']);

/** Checker 7: first come, first served; all coupons go if enough users want one, and never one more. */
export function coupons(evidence: Evidence): string[] {
  const issuesOf = grouped(operationsBy(evidence)('issue'), ({ path }) => targetOf(path));
  const rowsOf = grouped(evidence.books.issuedCoupons, ({ couponId }) => couponId);
  return evidence.books.coupons.flatMap((coupon) => {
    const issues = issuesOf.get(coupon.id) ?? [];
    const rows = rowsOf.get(coupon.id) ?? [];
    const problems = [...counts(coupon, rows, issues), ...sequences(rows), ...tooEarly(coupon, issues)];
    return problems.map((problem) => `coupon ${coupon.id}: ${problem}`);
  });
}

function counts({ totalQuantity, issued }: BookedCoupon, rows: readonly BookedIssue[], issues: Operation[]): string[] {
  const winners = issues.filter(({ outcome }) => outcome === 'done').length;
  const open = issues.filter(({ outcome }) => outcome === 'open').length;
  const tried = new Set(issues.filter(isInTime).map(({ userId }) => userId)).size;
  const due = Math.min(totalQuantity, tried);
  const count = rows.length;
  return [
    ...(issued === count ? [] : [`it counts ${issued} issued, and ${count} users hold one`]),
    ...(count <= totalQuantity ? [] : [`${count} users hold one of ${totalQuantity}`]),
    ...(count >= winners && count <= winners + open
      ? []
      : [`${winners} users were told that they won, ${count} hold one`]),
    ...(count >= due ? [] : [`${tried} users tried to get one of ${totalQuantity}, and only ${count} hold one`]),
  ];
}

function isInTime({ outcome, reply }: Operation): boolean {
  return outcome === 'done' || (outcome === 'refused' && IN_TIME.has(reply?.code));
}

function sequences(rows: readonly BookedIssue[]): string[] {
  const numbers = rows.map(({ sequence }) => sequence).sort((a, b) => a - b);
  const wrong = numbers.findIndex((number, i) => number !== i + 1);
  return wrong < 0 ? [] : [`number ${wrong + 1} of ${numbers.length} is ${numbers[wrong]}`];
}

/** In real time: winners among each other, and losers after as many winners as there are coupons. */
function tooEarly({ totalQuantity }: BookedCoupon, issues: readonly Operation[]): string[] {
  const placed = issues.flatMap((operation) => {
    const sequence = operation.outcome === 'done' ? numberIn(operation.reply?.answer, 'sequence') : undefined;
    return sequence === undefined ? [] : [{ operation, sequence }];
  });
  const starts = issues.filter(({ outcome }) => outcome !== 'refused').map(({ began }) => began);
  const lastWinner = starts.sort((a, b) => a - b)[totalQuantity - 1] ?? Number.POSITIVE_INFINITY;
  const early = issues.filter(
    ({ outcome, reply, settled }) => outcome === 'refused' && reply?.code === 'COUPON_SOLD_OUT' && settled < lastWinner,
  );
  return [
    ...againstRealTime(placed, 'winners'),
    ...early.map((operation) => `${nameOf(operation)} was told that all ${totalQuantity} were gone, too early`),
  ];
}
