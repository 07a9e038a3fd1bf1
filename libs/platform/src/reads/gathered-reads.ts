import { AsyncLocalStorage } from 'node:async_hooks';
import { DependencyUnavailableException } from '../database/failures';
import { OverloadedException } from '../lanes/lane.exceptions';

/** Statements under way at once, while others hang: one on a dead connection does not hold up all readers. */
const AT_ONCE = 4;
/** Milliseconds after which the next statement no longer waits for one that is under way. */
const HANGS = 20;
/** Readers that may wait; the next one is refused at once. */
const MOST_WAITING = 4_096;
/** Milliseconds that a reader waits for a statement to begin: a crowd that is served slowly is served all the same. */
const LONGEST_WAIT = 2_000;
/** Milliseconds that a statement may take: five seconds for any caller, the wait before it included. */
const LONGEST_READ = 3_000;

interface Reader<Value> {
  readonly key: string;
  readonly askedAt: number;
  resolve(value: Value | undefined): void;
  reject(error: unknown): void;
}

/**
 * Reads single things in sets: who asks together, or while others are being answered, shares a statement: one at a time,
 * for the fewer the wider. It always begins after the question, so that whoever has written before finds that. Outside
 * of any unit of work.
 */
export class GatheredReads<Value> {
  private readonly waiting: Reader<Value>[] = [];
  private readonly outsideOfAnyRequest = AsyncLocalStorage.snapshot();
  private reading = 0;
  private isScheduled = false;
  private untilItHangs: NodeJS.Timeout | undefined;

  /** `readAll` answers each key at most once; a key without an answer has none. */
  constructor(private readonly readAll: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>) {}

  /**
   * @throws OverloadedException when too many wait, or have waited for too long
   * @throws DependencyUnavailableException when there is no answer within five seconds, the wait included
   */
  get(key: string): Promise<Value | undefined> {
    if (this.waiting.length >= MOST_WAITING) return Promise.reject(new OverloadedException());
    return new Promise((resolve, reject) => {
      this.waiting.push({ key, askedAt: performance.now(), resolve, reject });
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.isScheduled || this.reading >= AT_ONCE || this.waiting.length === 0) return;
    if (this.reading > 0) {
      this.untilItHangs ??= this.outsideOfAnyRequest(() => setTimeout(() => this.begin(), HANGS));
      return;
    }
    this.isScheduled = true;
    // After this turn of the event loop, so that those who arrived together share the first statement.
    this.outsideOfAnyRequest(() => setImmediate(() => this.begin()));
  }

  private begin(): void {
    this.isScheduled = false;
    clearTimeout(this.untilItHangs);
    this.untilItHangs = undefined;
    if (this.reading < AT_ONCE) void this.answer(this.waiting.splice(0));
  }

  private async answer(readers: readonly Reader<Value>[]): Promise<void> {
    const tooOld = performance.now() - LONGEST_WAIT;
    const patient = readers.filter(({ askedAt }) => askedAt >= tooOld);
    for (const { askedAt, reject } of readers) if (askedAt < tooOld) reject(new OverloadedException());
    if (patient.length === 0) return;
    this.reading += 1;
    const refuse = (error: unknown): void => {
      for (const { reject } of patient) reject(error);
    };
    const watchdog = setTimeout(() => refuse(tooLate()), LONGEST_READ);
    const found = await this.readAll([...new Set(patient.map(({ key }) => key))]).catch(refuse);
    clearTimeout(watchdog);
    this.reading -= 1;
    this.schedule();
    // After this turn: the next statement is on its way to the database before these readers keep the process busy.
    if (found)
      setImmediate(() => {
        for (const { key, resolve } of patient) resolve(found.get(key));
      });
  }
}

function tooLate(): DependencyUnavailableException {
  return new DependencyUnavailableException(new Error(`no answer within ${LONGEST_READ} ms`));
}
