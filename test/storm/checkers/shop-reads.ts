import type { Call } from '../history';
import type { Evidence } from './evidence';
import { fieldIn, listIn, numberIn, targetOf, textIn } from './fields';
import { grouped } from './grouped';
import { nameOf, operationsBy } from './operations';
import { answeredReads, seenBy } from './read-calls';
import { mostAvailable } from './stock-bounds';

/** A stock that is shown is none below 0, and never more than can have been there. */
export function stockReads(evidence: Evidence): string[] {
  const bounds = mostAvailable(evidence);
  const calls = [...answeredReads(evidence, 'read product'), ...answeredReads(evidence, 'read products')];
  return calls.flatMap((call) =>
    optionsIn(call).flatMap((option) => {
      const id = textIn(option, 'id') ?? '?';
      const stock = numberIn(option, 'stock');
      const most = bounds(id, call.began, call.ended);
      if (stock !== undefined && Number.isInteger(stock) && stock >= 0 && stock <= most) return [];
      return [`${seenBy(call)} a stock of ${stock} of option ${id}, which had at most ${most}`];
    }),
  );
}

function optionsIn({ action, answer }: Call): readonly unknown[] {
  const products = action === 'read product' ? [answer] : (listIn(answer, 'items') ?? [undefined]);
  // Without options there is something to complain about, too.
  return products.flatMap((product) => listIn(product, 'options') ?? [undefined]);
}

/** Who was told of a coupon finds it, and nobody finds one that was not theirs yet. */
export function couponReads(evidence: Evidence): string[] {
  const issued = new Map(evidence.books.issuedCoupons.map((row) => [`${row.userId} ${row.couponId}`, row]));
  const issues = operationsBy(evidence)('issue').filter(({ outcome }) => outcome !== 'refused');
  const issuesOf = grouped(issues, ({ userId }) => userId);

  return answeredReads(evidence, 'read coupons').flatMap((call) => {
    const items = listIn(call.answer, 'items');
    if (!items) return [`${seenBy(call)} no page`];
    const mine = issuesOf.get(call.userId) ?? [];
    const shown = new Set(items.map((item) => textIn(item, 'couponId')));
    const isWhole = fieldIn(call.answer, 'nextCursor') === null && !call.path.includes('cursor=');

    const missing = isWhole
      ? mine.filter(({ path, settled }) => settled < call.began && !shown.has(targetOf(path)))
      : [];
    const strange = items.filter((item) => {
      const couponId = textIn(item, 'couponId');
      const row = issued.get(`${call.userId} ${couponId}`);
      const isBegun = mine.some(({ path, began }) => targetOf(path) === couponId && began < call.ended);
      return !isBegun || row?.sequence !== numberIn(item, 'sequence');
    });
    return [
      ...missing.map((issue) => `${seenBy(call)} no coupon of ${nameOf(issue)}`),
      ...strange.map((item) => `${seenBy(call)} a coupon that was not the user's then: ${JSON.stringify(item)}`),
    ];
  });
}
