import { isDeepStrictEqual } from 'node:util';
import { shareWhile } from '@app/shared';

interface Load<T> {
  startedAt: number;
  readonly answer: Promise<T>;
  isRenewing: boolean;
}

/** Share of its time after which an answer that somebody looks at is asked for again, so that nobody has to wait for it. */
const RENEWED_AFTER = 0.7;

/**
 * Answers that are at most a second old, counted from the moment they were asked for. Whoever asks for what is being
 * loaded waits for that load. `forget` drops loads that are under way too: who waits for one gets its answer, nobody
 * after that does. An answer that is an object is shared for as long as it would be given again; who looks at it near the
 * end of its time has it renewed, and when nothing has changed it is shared for another second, with all that was made
 * of it.
 */
export class RecentReads<T> {
  /** In the order in which they were started or renewed. */
  private readonly loads = new Map<string, Load<T>>();

  /** Times in milliseconds. */
  constructor(
    private readonly maxEntries: number,
    private readonly maxAge = 1_000,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get(key: string, load: () => Promise<T>): Promise<T> {
    const startedAt = this.now();
    const recent = this.loads.get(key);
    if (recent && startedAt - recent.startedAt < this.maxAge) return recent.answer;

    const answer = load();
    this.dropStartedBefore(startedAt - this.maxAge);
    this.makeRoom();
    const mine = this.keep(key, startedAt, answer);
    answer.then(
      (value) => this.share(key, mine, value, load),
      // A failure is its callers' answer and nobody else's.
      () => {
        if (this.loads.get(key) === mine) this.loads.delete(key);
      },
    );
    return answer;
  }

  /** Those of these keys, or all. */
  forget(keys?: Iterable<string>): void {
    if (keys === undefined) this.loads.clear();
    else for (const key of keys) this.loads.delete(key);
  }

  private keep(key: string, startedAt: number, answer: Promise<T>): Load<T> {
    const mine = { startedAt, answer, isRenewing: false };
    this.put(key, mine);
    return mine;
  }

  /** At the end, also where an older one stands. */
  private put(key: string, load: Load<T>): void {
    this.loads.delete(key);
    this.loads.set(key, load);
  }

  private share(key: string, mine: Load<T>, value: T, load: () => Promise<T>): void {
    if (typeof value !== 'object' || value === null) return;
    shareWhile(value, () => {
      if (this.loads.get(key) !== mine) return false;
      const age = this.now() - mine.startedAt;
      if (age >= this.maxAge * RENEWED_AFTER && !mine.isRenewing) void this.renew(key, mine, value, load);
      return age < this.maxAge;
    });
  }

  /** What fails is asked for again when its time is over, by somebody who waits for it. */
  private async renew(key: string, mine: Load<T>, value: T, load: () => Promise<T>): Promise<void> {
    mine.isRenewing = true;
    const startedAt = this.now();
    const renewed = await load().catch(() => undefined);
    if (renewed === undefined || this.loads.get(key) !== mine) return;
    if (isDeepStrictEqual(renewed, value)) {
      Object.assign(mine, { startedAt, isRenewing: false });
      this.put(key, mine);
    } else this.share(key, this.keep(key, startedAt, Promise.resolve(renewed)), renewed, load);
  }

  private dropStartedBefore(oldest: number): void {
    for (const [key, { startedAt }] of this.loads) {
      if (startedAt > oldest) return;
      this.loads.delete(key);
    }
  }

  private makeRoom(): void {
    const [first] = this.loads.keys();
    if (first !== undefined && this.loads.size >= this.maxEntries) this.loads.delete(first);
  }
}
