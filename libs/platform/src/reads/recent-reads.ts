import { shareWhile } from '@app/shared';

interface Load<T> {
  readonly startedAt: number;
  readonly answer: Promise<T>;
}

/**
 * Answers that are at most a second old, counted from the moment they were asked for. Whoever asks for what is being
 * loaded waits for that load. `forget` drops loads that are under way too: who waits for one gets its answer, nobody
 * after that does. An answer that is an object is shared for as long as it would be given again.
 */
export class RecentReads<T> {
  /** In the order in which they were started. */
  private readonly loads = new Map<string, Load<T>>();

  /** Times in milliseconds. */
  constructor(
    private readonly maxEntries: number,
    private readonly maxAge = 1_000,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get(key: string, load: () => Promise<T>): Promise<T> {
    const startedAt = this.now();
    this.dropStartedBefore(startedAt - this.maxAge);
    const recent = this.loads.get(key);
    if (recent) return recent.answer;

    const answer = load();
    const mine = { startedAt, answer };
    this.makeRoom();
    this.loads.set(key, mine);
    const isCurrent = () => this.loads.get(key) === mine && this.now() - startedAt < this.maxAge;
    answer.then(
      (value) => {
        if (typeof value === 'object' && value !== null) shareWhile(value, isCurrent);
      },
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
