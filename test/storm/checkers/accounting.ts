import { grouped } from './grouped';
import { nameOf, type Operation } from './operations';

/** How books and history differ: what was acknowledged is absent, is there more than once, was never asked for, or is not what was said. */
export interface Finding {
  readonly kind: 'lost' | 'double' | 'unasked' | 'wrong';
  readonly text: string;
}

/** One kind of effect, as the books and as the clients tell it. */
export interface Account<Row> {
  /** What a row is, in a word or two. */
  readonly what: string;
  readonly rows: readonly Row[];
  readonly operations: readonly Operation[];
  idOf(row: Row): string;
  /** The id of the row that a done operation was told of. */
  toldId(operation: Operation): string | undefined;
  /** What was wanted, in the same words for an operation and for the row that it makes. */
  intentOf(operation: Operation): string;
  intentIn(row: Row): string;
  /** What of the row is not as it was asked for or answered. */
  differences(row: Row, operation: Operation): readonly string[];
}

/** Holds every row against the operation that was told of it, and every operation against its row. */
export function accountFor<Row>(account: Account<Row>): Finding[] {
  const { what, rows, operations } = account;
  const findings: Finding[] = [];
  const rowOf = new Map<string, Row>();
  for (const row of rows) {
    const id = account.idOf(row);
    if (rowOf.has(id)) findings.push({ kind: 'double', text: `${what} ${id} is in the books twice` });
    else rowOf.set(id, row);
  }

  const claimed = new Map<string, Operation>();
  for (const operation of operations) {
    if (operation.outcome !== 'done') continue;
    const id = account.toldId(operation);
    const row = id === undefined ? undefined : rowOf.get(id);
    if (id === undefined || row === undefined) {
      findings.push({ kind: 'lost', text: `${nameOf(operation)} was acknowledged: no ${what} ${id ?? '(no id)'}` });
      continue;
    }
    const other = claimed.get(id);
    if (other) {
      findings.push({ kind: 'lost', text: `${what} ${id} was given to ${nameOf(other)} and ${nameOf(operation)}` });
      continue;
    }
    claimed.set(id, operation);
    for (const difference of account.differences(row, operation)) {
      findings.push({ kind: 'wrong', text: `${nameOf(operation)}, ${what} ${id}: ${difference}` });
    }
  }

  const unclaimed = [...rowOf].filter(([id]) => !claimed.has(id)).map(([, row]) => row);
  if (unclaimed.length > 0) findings.push(...unclaimedRows(account, unclaimed));
  return findings;
}

/** Rows that no operation was told of: an open operation may have made one of what it wanted, nobody else. */
function unclaimedRows<Row>(account: Account<Row>, rows: readonly Row[]): Finding[] {
  const wanted = grouped(account.operations, account.intentOf);
  return rows.flatMap((row): Finding[] => {
    const candidates = wanted.get(account.intentIn(row)) ?? [];
    const open = candidates.findIndex(({ outcome }) => outcome === 'open');
    if (open >= 0) {
      candidates.splice(open, 1);
      return [];
    }
    const name = `${account.what} ${account.idOf(row)}`;
    const done = candidates.find(({ outcome }) => outcome === 'done');
    if (done) return [{ kind: 'double', text: `${name} is there beside what ${nameOf(done)} was told of` }];
    const [refused] = candidates;
    const why = refused
      ? `${nameOf(refused)} was refused with ${refused.reply?.code}`
      : `nobody asked for it: ${account.intentIn(row)}`;
    return [{ kind: 'unasked', text: `${name} is in the books, but ${why}` }];
  });
}

/** For differences: nothing when the values are the same. */
export function unlessSame(what: string, expected: unknown, booked: unknown): string[] {
  return expected === booked ? [] : [`${what} should be ${String(expected)}, is ${String(booked)}`];
}
