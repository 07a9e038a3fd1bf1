import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { type Command, type Decide, type Lane, type Outcome, settle } from '@app/shared';
import { uuidv7 } from 'uuidv7';
import {
  DependencyUnavailableException,
  isConnectionFailure,
  isPoolExhausted,
  isSerializationFailure,
  isTooSlow,
  isUniqueViolation,
  violatedConstraint,
} from '../database/failures';
import type { TypeOrmUnitOfWork } from '../database/typeorm-unit-of-work';
import { type RequestContext, requestContext } from '../http/request-context';
import {
  type Claim,
  type IdempotencyKeys,
  idOf,
  isRemembered,
  type Remembered,
  UsedKeysException,
} from './idempotency-keys';
import { IdempotencyKeyReusedException, OverloadedException, RequestInProgressException } from './lane.exceptions';

/** Bounds of a lane. Times in milliseconds. */
export interface LaneLimits {
  /** Commands in one transaction. */
  readonly maxBatch: number;
  /** Callers that may wait; the next one is refused at once. */
  readonly maxWaiting: number;
  /** How long a caller waits for an outcome, runs and reruns included. */
  readonly deadline: number;
}

/** Runs of one batch that failed for a reason that may pass. */
const MAX_RUNS = 4;

/** Milliseconds that a transaction waits for a lock once another one has waited for it in vain. */
const SHORT_LOCK_WAIT = 100;

/** What all commands of a held-up batch may wait together, each in its own transaction. */
const LONE_LOCK_WAITS = 1_000;

interface Caller<C, R> extends Claim {
  readonly command: C;
  readonly context: RequestContext | undefined;
  readonly expiresAt: number;
  /** Has its answer: what comes later is for whoever asks again with the key. */
  isAnswered: boolean;
  resolve(value: R): void;
  reject(error: unknown): void;
}

interface Answer {
  readonly outcome: Outcome<unknown>;
  /** What was remembered of an earlier call with this key, when this is an answer to that one. */
  readonly replayOf?: Remembered;
}

/** What is remembered of each key, decided now or earlier, by `idOf`. */
type Results = ReadonlyMap<string, Remembered>;

/** A lane with one transaction in flight: who arrives meanwhile is decided together in the next one. */
export class BatchingLane<C extends Command, R> implements Lane<C, R> {
  private readonly waiting: Caller<C, R>[] = [];
  private readonly outsideOfAnyRequest = AsyncLocalStorage.snapshot();
  private draining = false;
  /** Whether the batch in flight has waited for something in vain: the next one does not wait as long. */
  private isHeldUp = false;

  constructor(
    private readonly decide: Decide<C, R>,
    private readonly keys: IdempotencyKeys,
    private readonly unitOfWork: TypeOrmUnitOfWork,
    private readonly limits: LaneLimits,
  ) {}

  submit(command: C): Promise<R> {
    if (this.unitOfWork.isRunning) throw new Error('a lane opens its own unit of work: submit outside of any');
    if (this.waiting.length >= this.limits.maxWaiting) return Promise.reject(new OverloadedException());
    const context = requestContext.getStore();
    const id = uuidv7();
    return new Promise<R>((resolve, reject) => {
      const caller: Caller<C, R> = {
        id,
        command,
        context,
        userId: command.userId,
        // Without a client's key the lane makes its own, so that running again after a lost commit reply stays safe.
        key: context?.idempotency?.key ?? id,
        fingerprint: context?.idempotency?.fingerprint ?? '',
        requestId: context?.requestId ?? null,
        expiresAt: performance.now() + this.limits.deadline,
        isAnswered: false,
        resolve: (value) => answer(() => resolve(value)),
        reject: (error) => answer(() => reject(error)),
      };
      const timer = setTimeout(() => caller.reject(this.tooLate()), this.limits.deadline);
      const answer = (give: () => void): void => {
        clearTimeout(timer);
        caller.isAnswered = true;
        give();
      };
      this.waiting.push(caller);
      if (!this.draining) {
        this.draining = true;
        // After this turn of the event loop, so that requests which arrived together share the first batch.
        this.outsideOfAnyRequest(() => setImmediate(() => void this.drain()));
      }
    });
  }

  private async drain(): Promise<void> {
    try {
      while (this.waiting.length > 0) {
        const batch = this.waiting.splice(0, this.limits.maxBatch);
        const lockWait = this.isHeldUp ? SHORT_LOCK_WAIT : undefined;
        this.isHeldUp = false;
        await this.serve(batch, lockWait).catch((error: unknown) => {
          for (const caller of batch) caller.reject(error);
        });
      }
    } finally {
      this.draining = false;
    }
  }

  private async serve(batch: readonly Caller<C, R>[], lockWait?: number): Promise<void> {
    const callers = batch.filter(({ isAnswered }) => !isAnswered);
    if (callers.length === 0) return;
    try {
      const answers = await this.runUntilDecided(callers, lockWait);
      // After this turn: the next batch is on its way to the database before these callers keep the process busy.
      setImmediate(() => {
        for (const [i, caller] of callers.entries()) deliver(caller, answers[i]!);
      });
    } catch (error) {
      if (isTooSlow(error) || error instanceof RequestInProgressException) this.isHeldUp = true;
      if (callers.length === 1 || isConnectionFailure(error) || isPoolExhausted(error)) {
        for (const caller of callers) caller.reject(isReusedKey(error) ? new IdempotencyKeyReusedException() : error);
        return;
      }
      // One of them is poisoned, or wants what somebody else holds: alone, it fails alone.
      const share = Math.min(SHORT_LOCK_WAIT, Math.max(5, Math.floor(LONE_LOCK_WAITS / callers.length)));
      for (const caller of callers) await this.serve([caller], this.isHeldUp ? share : lockWait);
    }
  }

  /** Runs the whole transaction again where that may help: the keys make it safe even if the first run has committed. */
  private async runUntilDecided(callers: readonly Caller<C, R>[], lockWait?: number): Promise<Answer[]> {
    for (let run = 1; ; run++) {
      try {
        return await this.run(callers, lockWait);
      } catch (error) {
        const delay = delayAfter(error, run);
        if (delay === undefined || run === MAX_RUNS) throw error;
        const isTooLate = performance.now() + delay > callers.at(-1)!.expiresAt; // for the last to come, so for all
        if (isTooLate) throw error;
        await pause(delay);
      }
    }
  }

  /**
   * Most keys are new: taken for that, they are claimed while the commands are decided already, which saves a turn to the
   * database. When one is not, nothing of it was committed, and the second transaction asks first.
   */
  private async run(callers: readonly Caller<C, R>[], lockWait?: number): Promise<Answer[]> {
    const holders = firstOfEachKey(callers);
    const transact = (decide: () => Promise<Results>): Promise<Results> =>
      this.unitOfWork.run(() => {
        if (lockWait !== undefined) this.unitOfWork.limitLockWait(lockWait);
        return decide();
      });
    const results = await transact(() => this.claimWhileDeciding(holders)).catch((error: unknown) => {
      if (error instanceof UsedKeysException) return transact(() => this.claimThenDecide(holders));
      throw error;
    });
    return callers.map((caller) => answerTo(caller, results.get(idOf(caller))!));
  }

  private tooLate(): DependencyUnavailableException {
    return new DependencyUnavailableException(new Error(`no outcome within ${this.limits.deadline} ms`));
  }

  private async claimWhileDeciding(holders: readonly Caller<C, R>[]): Promise<Results> {
    // Both have ended before the transaction does: what is sent after it would be outside of any.
    const [claimed, decided] = await Promise.allSettled([this.keys.claimNew(holders), this.decideAll(holders)]);
    if (claimed.status === 'rejected') throw claimed.reason;
    if (decided.status === 'rejected') throw decided.reason;
    return decided.value;
  }

  private async claimThenDecide(holders: readonly Caller<C, R>[]): Promise<Results> {
    const remembered = await this.keys.claim(holders);
    const fresh = holders.filter((_, i) => remembered[i] === null);
    const results = new Map(fresh.length > 0 ? await this.decideAll(fresh) : []);
    for (const [i, holder] of holders.entries()) {
      const known = remembered[i];
      if (known) results.set(idOf(holder), known);
    }
    return results;
  }

  private async decideAll(fresh: readonly Caller<C, R>[]): Promise<Results> {
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

function firstOfEachKey<C, R>(callers: readonly Caller<C, R>[]): Caller<C, R>[] {
  const first = new Map<string, Caller<C, R>>();
  for (const caller of callers) if (!first.has(idOf(caller))) first.set(idOf(caller), caller);
  return [...first.values()];
}

/** Milliseconds to wait before the run after this one; undefined for a failure that comes again however often one tries. */
function delayAfter(error: unknown, run: number): number | undefined {
  // Others were faster: the next run sees what they have done.
  if (isSerializationFailure(error) || (isUniqueViolation(error) && !isReusedKey(error)))
    return 10 + 40 * Math.random();
  // A server that starts again needs longer, each time.
  return isConnectionFailure(error) ? 10 * 3 ** run * (0.5 + Math.random()) : undefined;
}

/** A ledger knows its keys for ever, longer than they are remembered: by a unique constraint that is named so. */
function isReusedKey(error: unknown): boolean {
  return violatedConstraint(error)?.endsWith('_key_once') ?? false;
}

function answerTo(caller: Claim, result: Remembered): Answer {
  if (result.fingerprint !== caller.fingerprint) return { outcome: { refusal: new IdempotencyKeyReusedException() } };
  // Its own result: decided now, or by an earlier run that has committed and lost the reply.
  if (result.claimId === caller.id || !isRemembered(result.outcome)) return { outcome: result.outcome };
  return { outcome: result.outcome, replayOf: result };
}

function deliver<C, R>(caller: Caller<C, R>, { outcome, replayOf }: Answer): void {
  if (caller.isAnswered) return;
  if (replayOf && caller.context) caller.context.replayOf = replayOf.requestId ?? caller.context.requestId;
  try {
    caller.resolve(settle(outcome) as R);
  } catch (refusal) {
    caller.reject(refusal);
  }
}
