import type { Evidence } from './evidence';
import { numberIn } from './fields';
import { ledgersOf } from './ledger';
import { nameOf, operationsBy } from './operations';
import { againstRealTime } from './real-time';

/** Checker 3: each user's ledger is the order in which things happened, and holds the balances that the user was told. */
export function order(evidence: Evidence): string[] {
  const chains = [...ledgersOf(evidence).all].flatMap(([userId, { placed }]) =>
    againstRealTime(placed, `ledger of ${userId}`),
  );
  return [...balancesTold(evidence), ...chains];
}

function balancesTold(evidence: Evidence): string[] {
  const ledgers = ledgersOf(evidence);
  const by = operationsBy(evidence);
  return [...by('charge'), ...by('pay'), ...by('refund')].flatMap((operation) => {
    const { action, outcome, reply, userId, began, settled } = operation;
    if (outcome !== 'done') return [];
    const told = numberIn(reply?.answer, action === 'charge' ? 'balance' : 'balanceAfter');
    const row = ledgers.rowOf(operation);
    if (row) {
      const text = `${nameOf(operation)} was told a balance of ${told}, the ledger has ${row.balanceAfter}`;
      return told === row.balanceAfter ? [] : [`${text} (number ${row.sequence})`];
    }
    // What costs nothing has no row, and tells a balance as a read does.
    const isFree = numberIn(reply?.answer, 'amount') === 0;
    const ledger = ledgers.of(userId);
    if (!isFree || (told !== undefined && ledger.heldBetween(told, began, settled))) return [];
    return [`${nameOf(operation)} was told a balance of ${told}, held ${ledger.holdingsBetween(began, settled)}`];
  });
}
