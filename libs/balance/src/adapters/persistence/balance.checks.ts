import type { AuditCheck, Since } from '@app/platform';

/** The whole ledgers of those who have a new row in them, or have used a key. */
const ledgersTouched = ({ at, id }: Since): string => `
  idempotency_key AS (SELECT * FROM idempotency_key WHERE created_at >= ${at}),
  touched AS (SELECT user_id FROM balance_transaction WHERE id >= ${id} UNION SELECT user_id FROM idempotency_key),
  balance AS (SELECT * FROM balance WHERE user_id IN (SELECT user_id FROM touched)),
  balance_transaction AS (SELECT * FROM balance_transaction WHERE user_id IN (SELECT user_id FROM touched))`;

/** What must hold for balances and their ledger. */
export const BALANCE_CHECKS: readonly AuditCheck[] = [
  {
    name: 'balance.bounds',
    query: 'SELECT user_id AS "userId", amount FROM balance WHERE amount NOT BETWEEN 0 AND 1000000000',
  },
  {
    // Both ways: a ledger without a balance has none that could be its sum.
    name: 'balance.sum',
    inParts: { lately: ledgersTouched, along: ['balance_transaction.user_id', 'balance.user_id'] },
    query: `
      SELECT user_id AS "userId", b.amount AS balance, t.amount AS ledger
        FROM balance b
        FULL JOIN (SELECT user_id, sum(amount) AS amount FROM balance_transaction GROUP BY user_id) t USING (user_id)
       WHERE b.amount IS DISTINCT FROM COALESCE(t.amount, 0)`,
  },
  {
    // Finds what the sum cannot. Each row has the one before it, the balance knows which is the last, and no number is
    // there twice. Asked by joins, not by a window, which would have to sort the whole ledger.
    name: 'balance.chain',
    inParts: { lately: ledgersTouched, along: ['balance_transaction.user_id', 'balance.user_id'] },
    query: `
      SELECT t.user_id AS "userId", t.sequence, COALESCE(p.balance_after, 0) AS before, t.amount,
             t.balance_after AS "balanceAfter"
        FROM balance_transaction t
        LEFT JOIN balance_transaction p ON p.user_id = t.user_id AND p.sequence = t.sequence - 1
       WHERE t.balance_after <> COALESCE(p.balance_after, 0) + t.amount OR p.user_id IS NULL AND t.sequence <> 1
      UNION ALL
      SELECT b.user_id, b.last_sequence, NULL, NULL, NULL
        FROM balance b
        LEFT JOIN (SELECT user_id, max(sequence) AS last, count(*) AS rows FROM balance_transaction GROUP BY user_id) t
          ON t.user_id = b.user_id
       WHERE b.last_sequence <> COALESCE(t.last, 0) OR t.rows > t.last`,
  },
  {
    name: 'balance.sign',
    inParts: {
      lately: ({ id }) => `balance_transaction AS (SELECT * FROM balance_transaction WHERE id >= ${id})`,
      along: ['balance_transaction.user_id'],
    },
    query: `
      SELECT id, user_id AS "userId", type, amount FROM balance_transaction
       WHERE NOT CASE type WHEN 'CHARGE' THEN amount > 0 WHEN 'REFUND' THEN amount > 0 WHEN 'PAYMENT' THEN amount < 0
                 ELSE false END`,
  },
  {
    // A key that is remembered with a charge names its one ledger row. Searching the text first spares taking apart the
    // outcomes of everything else, which is most of the work.
    name: 'idempotency',
    inParts: { lately: ledgersTouched, along: ['idempotency_key.created_at'] },
    query: `
      SELECT k.user_id AS "userId", k.key, count(t.id) AS "ledgerRows"
        FROM idempotency_key k
        LEFT JOIN balance_transaction t ON t.user_id = k.user_id AND t.idempotency_key = k.key
         AND t.id::text = k.outcome #>> '{value,transactionId}'
       WHERE CASE WHEN k.outcome::text LIKE '%"transactionId"%'
                  THEN k.outcome #>> '{value,transactionId}' IS NOT NULL END
       GROUP BY k.user_id, k.key HAVING count(t.id) <> 1`,
  },
  {
    // Keys are forgotten after a week, the ledger never: in it a key is there at most once, and no charge is without.
    name: 'idempotency',
    inParts: { lately: ledgersTouched, along: ['balance_transaction.user_id'] },
    query: `
      SELECT user_id AS "userId", idempotency_key AS key, count(*) AS "ledgerRows" FROM balance_transaction
       WHERE idempotency_key IS NOT NULL GROUP BY user_id, idempotency_key HAVING count(*) > 1
      UNION ALL
      SELECT user_id, NULL, 1 FROM balance_transaction WHERE type = 'CHARGE' AND idempotency_key IS NULL`,
  },
];
