import type { Call, FaultNote } from '../history';
import type { Evidence } from './evidence';
import { listIn, numberIn, textIn } from './fields';
import { grouped } from './grouped';
import { answeredReads, seenBy } from './read-calls';

const PLACES = 5;
/** After these a process begins anew, and may know less than the one before. */
const REBIRTHS: ReadonlySet<string> = new Set([
  'instance killed',
  'instance killed at a failpoint',
  'instance terminated',
]);

export function rankingReads(evidence: Evidence): string[] {
  const calls = answeredReads(evidence, 'read ranking');
  return [...calls.flatMap(misshapen), ...stepsBack(calls, evidence.faults)];
}

/** A ranking looks like one: places from 1 on without a gap, and nobody below who sold more. */
function misshapen(call: Call): string[] {
  const items = listIn(call.answer, 'items');
  const isRanking =
    items !== undefined &&
    textIn(call.answer, 'generatedAt') !== undefined &&
    items.length <= PLACES &&
    items.every((item, i) => numberIn(item, 'rank') === i + 1 && soldBy(item) > 0) &&
    items.every((item, i) => i === 0 || soldBy(item) <= soldBy(items[i - 1]));
  return isRanking ? [] : [`${seenBy(call)} no proper ranking: ${JSON.stringify(call.answer)?.slice(0, 300)}`];
}

/** One process never shows an older ranking than it has shown before. An empty one may be made on the spot. */
function stepsBack(calls: readonly Call[], faults: readonly FaultNote[]): string[] {
  const rebirths = faults.filter(({ kind }) => REBIRTHS.has(kind));
  const whole = calls.filter(
    ({ began, ended, answer }) =>
      (listIn(answer, 'items') ?? []).length > 0 &&
      rebirths.every((fault) => fault.healed < began || ended < fault.began),
  );
  const lives = grouped(whole, ({ instance, began }) => {
    const life = rebirths.filter((fault) => fault.healed < began).length;
    return `${instance} ${life}`;
  });
  return [...lives.values()].flatMap(stepsBackIn);
}

function stepsBackIn(calls: readonly Call[]): string[] {
  const byEnded = [...calls].sort((a, b) => a.ended - b.ended);
  const byBegan = [...calls].sort((a, b) => a.began - b.began);
  const problems: string[] = [];
  let newest = '';
  let next = 0;
  for (const call of byBegan) {
    for (let before = byEnded[next]; before && before.ended < call.began; before = byEnded[++next]) {
      const at = textIn(before.answer, 'generatedAt') ?? '';
      if (at > newest) newest = at;
    }
    const at = textIn(call.answer, 'generatedAt') ?? '';
    if (at < newest) problems.push(`${seenBy(call)} the ranking of ${at}, after that of ${newest}`);
  }
  return problems;
}

function soldBy(item: unknown): number {
  return numberIn(item, 'soldQuantity') ?? Number.NaN;
}
