import type { Call } from '../history';
import type { Evidence } from './evidence';
import { fieldIn, listIn, numberIn, textIn } from './fields';
import { type Ledgers, ledgersOf } from './ledger';
import { answeredReads, seenBy } from './read-calls';

/** A balance that is read was held between the question and the answer. */
export function balanceReads(evidence: Evidence): string[] {
  const ledgers = ledgersOf(evidence);
  return answeredReads(evidence, 'read balance').flatMap((call) => {
    const balance = numberIn(call.answer, 'balance');
    const ledger = ledgers.of(call.userId);
    if (balance !== undefined && ledger.heldBetween(balance, call.began, call.ended)) return [];
    return [`${seenBy(call)} a balance of ${balance}, held ${ledger.holdingsBetween(call.began, call.ended)}`];
  });
}

/** A page of the ledger is a piece of it, whole and newest first; the first page begins with the newest. */
export function transactionReads(evidence: Evidence): string[] {
  const ledgers = ledgersOf(evidence);
  return answeredReads(evidence, 'read transactions').flatMap((call) => {
    const problem = problemOfPage(call, ledgers);
    return problem === undefined ? [] : [`${seenBy(call)} ${problem}`];
  });
}

function problemOfPage({ answer, path, userId, began, ended }: Call, ledgers: Ledgers): string | undefined {
  const items = listIn(answer, 'items');
  if (!items) return 'no page';
  const ledger = ledgers.of(userId);
  const rows = items.map((item) => ledger.row(textIn(item, 'id') ?? ''));
  const oldest = rows.at(-1)?.sequence;

  for (const [i, item] of items.entries()) {
    const row = rows[i];
    if (!row) return `a transaction that is not the user's: ${JSON.stringify(item)}`;
    if (!isTold(item, row)) return `transaction ${row.sequence} as ${JSON.stringify(item)}`;
    const next = rows[i + 1];
    if (next && next.sequence !== row.sequence - 1) return `transaction ${row.sequence} and then ${next.sequence}`;
    if (!chains(item, items[i + 1])) return `balances that do not add up at transaction ${row.sequence}`;
  }

  const isLast = fieldIn(answer, 'nextCursor') === null;
  if (isLast && oldest !== undefined && oldest !== 1) return `an end of the list at transaction ${oldest}`;
  if (path.includes('cursor=')) return undefined;
  const { first, last } = ledger.seenBetween(began, ended);
  const newest = rows[0]?.sequence ?? 0;
  return newest < first || newest > last ? `${newest} as the newest transaction, not ${first} to ${last}` : undefined;
}

function isTold(item: unknown, row: { type: string; amount: number; balanceAfter: number }): boolean {
  return (
    textIn(item, 'type') === row.type &&
    numberIn(item, 'amount') === row.amount &&
    numberIn(item, 'balanceAfter') === row.balanceAfter
  );
}

function chains(item: unknown, older: unknown): boolean {
  if (older === undefined) return true;
  return numberIn(item, 'balanceAfter') === (numberIn(older, 'balanceAfter') ?? 0) + (numberIn(item, 'amount') ?? 0);
}
