import type { Evidence } from '../../storm/checkers/evidence';

type Mutable<T> = T extends Date
  ? T
  : T extends readonly (infer Item)[]
    ? Mutable<Item>[]
    : T extends object
      ? { -readonly [Key in keyof T]: Mutable<T[Key]> }
      : T;

/** What a test may turn into a lie. */
export type Tale = Mutable<Evidence>;
/** One row of the books. */
export type TaleOf<Part extends keyof Tale['books']> = Tale['books'][Part][number];

/** A storm of one fault, and nobody there. */
export function emptyTale(): Tale {
  return {
    calls: [],
    faults: [{ fault: 'kill', kind: 'postgres killed', began: 0, healed: 1_000, recovered: 2_500 }],
    books: {
      transactions: [],
      orders: [],
      payments: [],
      coupons: [],
      issuedCoupons: [],
      movements: [],
      events: [],
    },
    audits: [{ ok: true, checkedAt: new Date(0), checks: [{ name: 'balance.sum', violations: 0, sample: [] }] }],
    deliveries: [],
    logs: { A: '{"msg":"started"}\n', B: '' },
    databaseLog: 'LOG:  database system is ready to accept connections\n',
    unexpectedExits: [],
    resources: {
      base: { A: { rss: 100_000_000, openFiles: 40 }, B: { rss: 100_000_000, openFiles: 40 } },
      end: { A: { rss: 150_000_000, openFiles: 50 }, B: { rss: 150_000_000, openFiles: 50 } },
      idleInTransaction: 0,
      connections: 30,
    },
  };
}
