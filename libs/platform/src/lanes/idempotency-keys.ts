import { DomainException, type Outcome } from '@app/shared';
import { Injectable } from '@nestjs/common';
import { isTooSlow } from '../database/failures';
import { TypeOrmUnitOfWork } from '../database/typeorm-unit-of-work';
import { RememberedRefusal, RequestInProgressException } from './lane.exceptions';

/** The right to run one command once. */
export interface Claim {
  /** Made by the lane, one a call: tells a call that runs again from another call with the same key. */
  readonly id: string;
  readonly userId: string;
  readonly key: string;
  readonly fingerprint: string;
  readonly requestId: string | null;
}

/** What the first holder of a key left behind. */
export interface Remembered {
  readonly claimId: string;
  readonly fingerprint: string;
  readonly requestId: string | null;
  readonly outcome: Outcome<unknown>;
}

interface StoredKey extends Omit<Remembered, 'outcome'> {
  userId: string;
  key: string;
  outcome: { value: unknown } | { refusal: ConstructorParameters<typeof RememberedRefusal>[0] };
}

/** Of keys that were taken for new, some are remembered. */
export class UsedKeysException extends Error {}

/**
 * Idempotency keys, in the transaction of the effect that they guard: whatever crashes, both are there or neither is.
 * Scoped to the caller; the unique key is the lock.
 */
@Injectable()
export class IdempotencyKeys {
  constructor(private readonly unitOfWork: TypeOrmUnitOfWork) {}

  /**
   * Claims keys that are likely to be new, each at most once in `claims`, in one order so that two instances cannot
   * deadlock, waiting for a key that another transaction is claiming.
   * @throws UsedKeysException when one is not new: then what this transaction has done is void
   * @throws RequestInProgressException when the wait takes too long
   */
  async claimNew(claims: readonly Claim[]): Promise<void> {
    const claimed = await this.insert(claims);
    if (claimed.size < claims.length) throw new UsedKeysException();
  }

  /**
   * The same for keys of which some were used. Answers, in the order of `claims`, null for a new key and what is
   * remembered for a used one.
   * @throws RequestInProgressException when the wait takes too long
   */
  async claim(claims: readonly Claim[]): Promise<(Remembered | null)[]> {
    const claimed = await this.insert(claims);
    if (claimed.size === claims.length) return claims.map(() => null);
    // Only a second statement sees what the transaction that was waited for has committed.
    const remembered = await this.find(claims.filter((claim) => !claimed.has(idOf(claim))));
    return claims.map((claim) => (claimed.has(idOf(claim)) ? null : (remembered.get(idOf(claim)) ?? gone(claim))));
  }

  /** Stores how each claimed command ended. Malformed requests are not outcomes: their key stays free. */
  remember(claims: readonly Claim[], outcomes: readonly Outcome<unknown>[]): void {
    const texts = outcomes.map((outcome) => (isRemembered(outcome) ? textOf(outcome) : null));
    this.unitOfWork.send(
      `UPDATE idempotency_key k SET outcome = s.outcome
         FROM unnest($1::text[], $2::text[], $3::json[]) AS s (user_id, key, outcome)
        WHERE k.user_id = s.user_id AND k.key = s.key`,
      [claims.map(({ userId }) => userId), claims.map(({ key }) => key), texts],
    );
    const forgotten = claims.filter((_, i) => texts[i] === null);
    if (forgotten.length === 0) return;
    this.unitOfWork.send(
      `DELETE FROM idempotency_key k USING unnest($1::text[], $2::text[]) AS s (user_id, key)
        WHERE k.user_id = s.user_id AND k.key = s.key`,
      [forgotten.map(({ userId }) => userId), forgotten.map(({ key }) => key)],
    );
  }

  private async insert(claims: readonly Claim[]): Promise<Set<string>> {
    try {
      const rows = await this.unitOfWork.query<{ userId: string; key: string }>(
        `INSERT INTO idempotency_key (user_id, key, claim_id, fingerprint, request_id)
         SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::text[], $5::text[])
             AS s (user_id, key, claim_id, fingerprint, request_id)
          ORDER BY user_id, key
         ON CONFLICT DO NOTHING RETURNING user_id AS "userId", key`,
        [
          claims.map(({ userId }) => userId),
          claims.map(({ key }) => key),
          claims.map(({ id }) => id),
          claims.map(({ fingerprint }) => fingerprint),
          claims.map(({ requestId }) => requestId),
        ],
      );
      return new Set(rows.map(idOf));
    } catch (error) {
      if (isTooSlow(error)) throw new RequestInProgressException();
      throw error;
    }
  }

  private async find(claims: readonly Claim[]): Promise<Map<string, Remembered>> {
    const rows = await this.unitOfWork.query<StoredKey>(
      `SELECT k.user_id AS "userId", k.key, k.claim_id AS "claimId", k.fingerprint, k.request_id AS "requestId", k.outcome
         FROM idempotency_key k JOIN unnest($1::text[], $2::text[]) AS s (user_id, key) USING (user_id, key)`,
      [claims.map(({ userId }) => userId), claims.map(({ key }) => key)],
    );
    return new Map(
      rows.map(({ outcome, ...row }) => [
        idOf(row),
        { ...row, outcome: 'refusal' in outcome ? { refusal: new RememberedRefusal(outcome.refusal) } : outcome },
      ]),
    );
  }
}

export function isRemembered(outcome: Outcome<unknown>): boolean {
  return !('refusal' in outcome) || outcome.refusal.kind === 'conflict' || outcome.refusal.kind === 'not-found';
}

function textOf(outcome: Outcome<unknown>): string {
  return JSON.stringify('refusal' in outcome ? { refusal: fieldsOf(outcome.refusal) } : outcome);
}

function fieldsOf({ kind, code, sentence, details }: DomainException) {
  return { kind, code, sentence, details };
}

/** Names a key of a caller in maps. */
export function idOf({ userId, key }: { userId: string; key: string }): string {
  return `${userId}\n${key}`;
}

/** A key that was there for the insert and is not there for the read was purged in between: a matter of luck, try again. */
function gone({ key }: Claim): never {
  throw Object.assign(new Error(`idempotency key ${key} vanished while it was being read`), { code: '40001' });
}
