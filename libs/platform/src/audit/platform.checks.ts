import type { AuditCheck } from './audit-check';

/** What must hold for the tables of the platform itself. */
export const PLATFORM_CHECKS: readonly AuditCheck[] = [
  {
    // Claim and outcome are of one transaction, so no key can be seen without its outcome. What a client may try again
    // with the same key (5xx, 429, 400, 401) is no outcome: refusals that are kept are 409 and 404. How the text begins is
    // asked first: most are values, and JSON is taken apart again by each question.
    name: 'idempotency',
    inParts: {
      lately: ({ at }) => `idempotency_key AS (SELECT * FROM idempotency_key WHERE created_at >= ${at})`,
      along: ['idempotency_key.created_at'],
    },
    query: `
      SELECT user_id AS "userId", key, outcome #>> '{refusal,code}' AS refusal,
             CASE WHEN outcome IS NULL THEN 'no result' ELSE 'no outcome to be kept' END AS problem
        FROM idempotency_key
       WHERE (starts_with(outcome::text, '{"value":') OR outcome #>> '{refusal,kind}' IN ('conflict', 'not-found')
              OR outcome -> 'value' IS NOT NULL) IS NOT TRUE`,
  },
  {
    name: 'outbox.delivered',
    query: `
      SELECT id, type, status, delivered_at AS "deliveredAt" FROM outbox_event
       WHERE (status = 'DELIVERED') <> (delivered_at IS NOT NULL)`,
  },
  {
    // While the relay or the receiver is away events wait, as they should.
    name: 'outbox.delivered',
    onceQuiet: true,
    query: `
      SELECT id, type, status, next_attempt_at AS "nextAttemptAt" FROM outbox_event
       WHERE status = 'PENDING' AND next_attempt_at <= now()`,
  },
];
