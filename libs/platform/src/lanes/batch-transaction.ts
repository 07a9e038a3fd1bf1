import type { Command, Decide, DomainException, Outcome } from '@app/shared';
import type { TypeOrmUnitOfWork } from '../database/typeorm-unit-of-work';
import {
  type Claim,
  type IdempotencyKeys,
  idOf,
  isRemembered,
  type Remembered,
  UsedKeysException,
} from './idempotency-keys';
import { IdempotencyKeyReusedException, RequestInProgressException } from './lane.exceptions';

/** A command, and the right to run it once. */
export interface Keyed<C> extends Claim {
  readonly command: C;
}

export interface Answer {
  readonly outcome: Outcome<unknown>;
  /** What was remembered of an earlier call with this key, when this is an answer to that one. */
  readonly replayOf?: Remembered;
}

/** What is remembered of each key, decided now or earlier, by `idOf`. */
type Results = ReadonlyMap<string, Remembered>;

/** Decides a batch in one transaction, each key once, together with what is remembered of the keys. */
export class BatchTransaction<C extends Command, R> {
  constructor(
    private readonly decide: Decide<C, R>,
    private readonly keys: IdempotencyKeys,
    private readonly unitOfWork: TypeOrmUnitOfWork,
  ) {}

  /**
   * Answers in the order of the callers. Most keys are new: taken for that, they are claimed while the commands are decided
   * already, which saves a turn to the database. When one is not, nothing of it was committed, and a second transaction
   * asks first.
   * `lockWait`: milliseconds that it may wait for a lock.
   */
  async run(callers: readonly Keyed<C>[], lockWait?: number): Promise<Answer[]> {
    const holders = firstOfEachKey(callers);
    const transact = (decide: () => Promise<Results>): Promise<Results> =>
      this.unitOfWork.run(() => {
        if (lockWait !== undefined) this.unitOfWork.limit('lock_timeout', lockWait);
        return decide();
      });
    const results = await transact(() => this.claimWhileDeciding(holders)).catch((error: unknown) => {
      if (error instanceof UsedKeysException) return transact(() => this.claimThenDecide(holders));
      throw error;
    });
    return callers.map((caller) => answerTo(caller, results.get(idOf(caller))!));
  }

  private async claimWhileDeciding(holders: readonly Keyed<C>[]): Promise<Results> {
    // Both have ended before the transaction does: what is sent after it would be outside of any.
    const [claimed, decided] = await Promise.allSettled([this.keys.claimNew(holders), this.decideAll(holders)]);
    if (claimed.status === 'rejected') throw claimed.reason;
    if (decided.status === 'rejected') throw decided.reason;
    return decided.value;
  }

  private async claimThenDecide(holders: readonly Keyed<C>[]): Promise<Results> {
    const remembered = await this.keys.claim(holders);
    const fresh = holders.filter((_, i) => remembered[i] === null);
    const results = new Map(fresh.length > 0 ? await this.decideAll(fresh) : []);
    for (const [i, holder] of holders.entries()) {
      const known = remembered[i];
      if (known) results.set(idOf(holder), known);
    }
    return results;
  }

  private async decideAll(fresh: readonly Keyed<C>[]): Promise<Results> {
    const outcomes = await this.decide(fresh.map(({ command, key }) => ({ ...command, key })));
    if (outcomes.length !== fresh.length) throw new Error(`${fresh.length} commands got ${outcomes.length} outcomes`);
    this.keys.remember(fresh, outcomes);
    return new Map(
      fresh.map((holder, i) => {
        const { id: claimId, fingerprint, requestId } = holder;
        return [idOf(holder), { claimId, fingerprint, requestId, outcome: outcomes[i]! }];
      }),
    );
  }
}

function firstOfEachKey<C>(callers: readonly Keyed<C>[]): Keyed<C>[] {
  const first = new Map<string, Keyed<C>>();
  for (const caller of callers) if (!first.has(idOf(caller))) first.set(idOf(caller), caller);
  return [...first.values()];
}

function answerTo(caller: Claim, result: Remembered): Answer {
  if (result.fingerprint !== caller.fingerprint) return { outcome: { refusal: refusalBeside(result) } };
  // Its own result: decided now, or by an earlier run that has committed and lost the reply.
  if (result.claimId === caller.id || !isRemembered(result.outcome)) return { outcome: result.outcome };
  return { outcome: result.outcome, replayOf: result };
}

/** The key was used for something else; or it is as free as before, as soon as what came with it has ended. */
function refusalBeside({ outcome }: Remembered): DomainException {
  return isRemembered(outcome) ? new IdempotencyKeyReusedException() : new RequestInProgressException();
}
