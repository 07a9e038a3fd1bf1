import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { type Command, type Decide, type Lane, settle } from '@app/shared';
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
import { type Answer, BatchTransaction, type Keyed } from './batch-transaction';
import type { IdempotencyKeys } from './idempotency-keys';
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

export const LANE_LIMITS: LaneLimits = { maxBatch: 256, maxWaiting: 4_096, deadline: 5_000 };

/** Runs of one batch that failed for a reason that may pass. */
const MAX_RUNS = 4;

/** Milliseconds that a transaction waits for a lock once another one has waited for it in vain. */
const SHORT_LOCK_WAIT = 100;

/** Callers answered in one turn of the event loop: between turns the process hears what the database says to the next batch. */
const ANSWERED_AT_ONCE = 8;

/** What all commands of a held-up batch may wait together, each in its own transaction. */
const LONE_LOCK_WAITS = 1_000;

interface Caller<C, R> extends Keyed<C> {
  readonly context: RequestContext | undefined;
  readonly expiresAt: number;
  /** Has its answer: what comes later is for whoever asks again with the key. */
  isAnswered: boolean;
  resolve(value: R): void;
  reject(error: unknown): void;
}

/** A lane with one transaction in flight: who arrives meanwhile is decided together in the next one. */
export class BatchingLane<C extends Command, R> implements Lane<C, R> {
  private readonly waiting: Caller<C, R>[] = [];
  private readonly outsideOfAnyRequest = AsyncLocalStorage.snapshot();
  private draining = false;
  /** Whether the batch in flight has waited for something in vain: the next one does not wait as long. */
  private isHeldUp = false;

  private readonly transaction: BatchTransaction<C, R>;

  constructor(
    decide: Decide<C, R>,
    keys: IdempotencyKeys,
    private readonly unitOfWork: TypeOrmUnitOfWork,
    private readonly limits: LaneLimits,
  ) {
    this.transaction = new BatchTransaction(decide, keys, unitOfWork);
  }

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
      setImmediate(() => deliverAll(callers, answers));
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
        return await this.transaction.run(callers, lockWait);
      } catch (error) {
        const delay = delayAfter(error, run);
        if (delay === undefined || run === MAX_RUNS) throw error;
        const isTooLate = performance.now() + delay > callers.at(-1)!.expiresAt; // for the last to come, so for all
        if (isTooLate) throw error;
        await pause(delay);
      }
    }
  }

  private tooLate(): DependencyUnavailableException {
    return new DependencyUnavailableException(new Error(`no outcome within ${this.limits.deadline} ms`));
  }
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

function deliverAll<C, R>(callers: readonly Caller<C, R>[], answers: readonly Answer[], from = 0): void {
  const end = Math.min(from + ANSWERED_AT_ONCE, callers.length);
  for (let i = from; i < end; i++) deliver(callers[i]!, answers[i]!);
  if (end < callers.length) setImmediate(() => deliverAll(callers, answers, end));
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
