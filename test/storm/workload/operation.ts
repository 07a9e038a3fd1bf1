import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { type Action, type Call, type History, type InstanceName, type Reason, WRITES } from '../history';
import type { Random } from '../random';
import type { Exchange, StormClient } from './client';

/** What a logical client wants: for a write, until the answer is definite. */
export interface Intent
  extends Pick<
    Exchange,
    'client' | 'userId' | 'roles' | 'anonymous' | 'method' | 'path' | 'body' | 'contentType' | 'expected'
  > {
  readonly action: Action;
  /** Only of noise: a write gets a key of its own. */
  readonly key?: string;
}

/** How often, of 1, clients do what clients do; and the waits in milliseconds. */
export interface Habits {
  readonly twin: number;
  readonly abort: number;
  readonly replay: number;
  readonly abortAfter: readonly [least: number, most: number];
  readonly firstPause: readonly [least: number, most: number];
  readonly longestPause: number;
  readonly replayAfter: readonly [least: number, most: number];
}

export const HABITS: Habits = {
  twin: 0.2,
  abort: 0.05,
  replay: 0.05,
  abortAfter: [1, 30],
  firstPause: [50, 300],
  longestPause: 1_000,
  replayAfter: [1_000, 20_000],
};

/** Nobody waits any longer for what is still open. */
export class GivenUpError extends Error {
  override readonly name = 'GivenUpError';

  constructor() {
    super('The storm is over, and an operation is still open.');
  }
}

const OTHER: Readonly<Record<InstanceName, InstanceName>> = { A: 'B', B: 'A' };

/** Brings each write to a definite outcome: the same request with the same key, on any instance, as often as it takes. */
export class Operations {
  private begun = 0;
  private readonly unsettled = new Set<number>();
  /** Calls and loops that go on beside the operations they belong to. */
  private readonly background = new Set<Promise<unknown>>();
  private readonly ending = new AbortController();
  private readonly surrender = new AbortController();

  constructor(
    private readonly client: StormClient,
    private readonly history: History,
    /** Goes before the number of an operation to make its key. */
    private readonly keyPrefix: string,
    private readonly habits: Habits = HABITS,
  ) {
    // Every operation that waits listens.
    for (const { signal } of [this.ending, this.surrender]) setMaxListeners(0, signal);
  }

  /**
   * A write resolves to its first definite call, a read or noise to its only one. Throws GivenUpError after giveUp().
   * What is decided by chance comes from `random`, drawn before the first call.
   */
  async perform(intent: Intent, random: Random): Promise<Call> {
    if (this.surrender.signal.aborted) throw new GivenUpError();
    const operation = ++this.begun;
    const own = random.fork();
    this.history.began(operation, intent.action);
    if (!WRITES.has(intent.action)) return this.read({ ...intent, operation }, own);

    this.unsettled.add(operation);
    const write = { ...intent, operation, key: `${this.keyPrefix}${operation}` };
    const outcome = await this.settle(write, own);
    this.unsettled.delete(operation);
    if (own.chance(this.habits.replay)) this.keep(this.replay(write, own));
    return outcome;
  }

  /** Writes without a definite answer so far. */
  open(): number {
    return this.unsettled.size;
  }

  /** Replays that wait for their time come at once from now on. Resolves when no call of any operation is under way. */
  async settled(): Promise<void> {
    this.ending.abort();
    while (this.background.size > 0 || (this.unsettled.size > 0 && !this.surrender.signal.aborted)) {
      await Promise.allSettled(this.background);
      await pause(5);
    }
  }

  /** Ends all waiting: what is open stays open, and its performer is told so. */
  giveUp(): void {
    this.surrender.abort();
    this.ending.abort();
  }

  private read(intent: Intent & { operation: number }, random: Random): Promise<Call> {
    const isNoise = intent.action === 'noise';
    return this.send(intent, 'first', pickInstance(random), isNoise ? undefined : this.whenToAbort(random));
  }

  private async settle(write: Intent & { operation: number }, random: Random): Promise<Call> {
    let call = await this.begin(write, random);
    let wait = random.between(...this.habits.firstPause);
    while (call.verdict === 'unknown') {
      if (this.surrender.signal.aborted) throw new GivenUpError();
      await pause(wait, undefined, { signal: this.surrender.signal }).catch(() => undefined);
      wait = Math.min(wait * 1.5, this.habits.longestPause);
      call = await this.send(write, 'retry', pickInstance(random));
    }
    return call;
  }

  /** The first call, and its twin if it has one: resolves to the first that is definite, or to an unknown one. */
  private async begin(write: Intent & { operation: number }, random: Random): Promise<Call> {
    const instance = pickInstance(random);
    const abortAfter = this.whenToAbort(random);
    const calls = [this.send(write, 'first', instance, abortAfter)];
    if (random.chance(this.habits.twin)) calls.push(this.send(write, 'twin', OTHER[instance]));
    for (const call of calls) this.keep(call);
    const definite = calls.map(async (call) => {
      const seen = await call;
      if (seen.verdict === 'unknown') throw new StillUnknown(seen);
      return seen;
    });
    return Promise.any(definite).catch((error: AggregateError) => lastUnknown(error));
  }

  private async replay(write: Intent & { operation: number }, random: Random): Promise<void> {
    const instance = pickInstance(random);
    const wait = random.between(...this.habits.replayAfter);
    await pause(wait, undefined, { signal: this.ending.signal }).catch(() => undefined);
    if (!this.surrender.signal.aborted) await this.send(write, 'replay', instance);
  }

  private send(
    intent: Intent & { operation: number },
    reason: Reason,
    instance: InstanceName,
    abortAfter?: number,
  ): Promise<Call> {
    return this.client.send({ ...intent, reason, instance, ...(abortAfter !== undefined && { abortAfter }) });
  }

  private whenToAbort(random: Random): number | undefined {
    return random.chance(this.habits.abort) ? random.between(...this.habits.abortAfter) : undefined;
  }

  private keep(work: Promise<unknown>): void {
    this.background.add(work);
    const forget = (): void => void this.background.delete(work);
    work.then(forget, forget);
  }
}

class StillUnknown extends Error {
  constructor(readonly call: Call) {
    super();
  }
}

/** @throws what else went wrong: no token, for example. */
function lastUnknown({ errors }: AggregateError): Call {
  const calls = errors.map((error) => {
    if (error instanceof StillUnknown) return error.call;
    throw error;
  });
  return calls.at(-1) as Call;
}

function pickInstance(random: Random): InstanceName {
  return random.pick(['A', 'B'] as const);
}
