import type { Evidence } from './evidence';
import { numberIn, targetOf, textIn } from './fields';
import { grouped } from './grouped';
import { operationsBy } from './operations';
import { type Moment, Timeline } from './timeline';

/** Product pages are served from memory for as long, in milliseconds: they show nothing older. */
const MEMORY = 1_000;

/** Statuses in which an order has never given back what it took. */
const KEPT: ReadonlySet<string> = new Set(['PENDING_PAYMENT', 'PAID']);

const sum = (a: number, b: number): number => a + b;

/**
 * The most of an option that can have been available to somebody who looked between two moments: its first stock and
 * all that may have been added by the end, less what was gone for good before the beginning, as orders are that keep
 * what they took to this day.
 */
export function mostAvailable(evidence: Evidence): (optionId: string, began: number, ended: number) => number {
  const initial = new Map<string, number>();
  for (const { kind, optionId, quantity } of evidence.books.movements) {
    if (kind === 'INITIAL') initial.set(optionId, quantity);
  }
  const changes = restocks(evidence);
  const added = timelines(changes.filter(({ value }) => value > 0));
  const gone = timelines([...changes.filter(({ value }) => value < 0), ...reservations(evidence)]);
  return (optionId, began, ended) =>
    (initial.get(optionId) ?? 0) +
    (added.get(optionId)?.until(ended) ?? 0) +
    (gone.get(optionId)?.until(began - MEMORY) ?? 0);
}

type OptionMoment = Moment & { readonly optionId: string };

/** What was added may be there from the first call on, what was taken away is gone for sure when that was acknowledged. */
function restocks(evidence: Evidence): OptionMoment[] {
  return operationsBy(evidence)('restock').flatMap(({ path, body, began, settled, outcome }) => {
    const value = numberIn(body, 'delta') ?? 0;
    const at = value > 0 ? began : settled;
    return outcome === 'refused' ? [] : [{ optionId: targetOf(path) ?? '', at, value }];
  });
}

function reservations(evidence: Evidence): OptionMoment[] {
  const orders = new Map(evidence.books.orders.map((order) => [order.id, order]));
  return operationsBy(evidence)('order').flatMap(({ outcome, reply, settled }) => {
    const order = outcome === 'done' ? orders.get(textIn(reply?.answer, 'id') ?? '') : undefined;
    if (!order || !KEPT.has(order.status)) return [];
    return order.lines.map(({ optionId, quantity }) => ({ optionId, at: settled, value: -quantity }));
  });
}

function timelines(moments: readonly OptionMoment[]): ReadonlyMap<string, Timeline> {
  const momentsOf = grouped(moments, ({ optionId }) => optionId);
  return new Map([...momentsOf].map(([optionId, own]) => [optionId, new Timeline(own, sum, 0)]));
}
