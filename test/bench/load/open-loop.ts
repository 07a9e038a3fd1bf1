import { Latencies } from './latencies';
import { CLASSES, type RequestClass } from './mix';

/** Requests that come at a rate of their own, whether or not earlier ones have been answered. Times in milliseconds. */
export interface Arrivals {
  /** A second. */
  readonly rate: number;
  /** Not counted. */
  readonly warmUp: number;
  readonly duration: number;
  /** How long a request waits for a free connection before it is given up unsent. */
  readonly patience: number;
}

export interface Answered {
  readonly class: RequestClass;
  readonly isRefused: boolean;
}

export interface ClassResult {
  readonly accepted: number;
  readonly refused: number;
  /** Milliseconds from when the request should have been sent to its answer. */
  readonly acceptedP50: number;
  readonly acceptedP99: number;
  readonly refusedP99: number;
}

export interface OpenResult {
  readonly seconds: number;
  /** Requests that should have been sent, and those that found no connection in time. */
  readonly wanted: number;
  readonly unsent: number;
  /** Accepted answers that arrived within the time, whenever they were asked for. */
  readonly arrived: Readonly<Record<RequestClass, number>>;
  readonly classes: Readonly<Record<RequestClass, ClassResult>>;
}

/** Milliseconds between two looks at who is due. */
const TICK = 1;

/** One of the connections; answers what became of the request that it sent. */
export type Sender = () => Promise<Answered>;

/**
 * Sends requests when they are due, each on a free connection, the longest due first. Latency counts from the moment at
 * which a request was due, so that a service which keeps everybody waiting cannot hide those who wait.
 */
export class OpenLoop {
  private readonly free: Sender[];
  private readonly due = new Queue();
  private readonly books = new Map(CLASSES.map((name) => [name, new Book()]));
  private began = 0;
  private launched = 0;
  private wanted = 0;
  private unsent = 0;
  private inFlight = 0;
  private failure: Error | undefined;

  constructor(
    private readonly arrivals: Arrivals,
    senders: readonly Sender[],
  ) {
    this.free = [...senders];
  }

  /** @throws what the first sender failed with */
  async run(): Promise<OpenResult> {
    this.began = performance.now();
    const { warmUp, duration, patience } = this.arrivals;
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        const now = performance.now();
        const isOver = now >= this.began + warmUp + duration;
        this.noteDue(Math.min(now - this.began, warmUp + duration));
        while (this.due.length > 0 && this.due.first < now - patience) this.giveUp(this.due.shift());
        this.sendDue();
        if (this.failure || (isOver && this.due.length === 0 && this.inFlight === 0)) {
          clearInterval(timer);
          resolve();
        }
      }, TICK);
    });
    if (this.failure) throw this.failure;
    return {
      seconds: duration / 1_000,
      wanted: this.wanted,
      unsent: this.unsent,
      arrived: this.ofEach(({ arrived }) => arrived),
      classes: this.ofEach((book) => book.result()),
    };
  }

  /** `elapsed`: milliseconds. */
  private noteDue(elapsed: number): void {
    const { rate } = this.arrivals;
    const until = Math.floor((elapsed * rate) / 1_000);
    for (; this.launched < until; this.launched++) {
      const at = this.began + (this.launched * 1_000) / rate;
      this.due.push(at);
      if (this.counts(at)) this.wanted++;
    }
  }

  private giveUp(at: number): void {
    if (this.counts(at)) this.unsent++;
  }

  private sendDue(): void {
    while (this.due.length > 0 && this.free.length > 0) {
      const [at, sender] = [this.due.shift(), this.free.pop()!];
      this.inFlight++;
      sender()
        .then(
          (answered) => {
            this.note(answered, at);
            this.free.push(sender);
          },
          (error: unknown) => {
            this.failure ??= error as Error;
          },
        )
        .finally(() => {
          this.inFlight--;
          this.sendDue();
        });
    }
  }

  private note({ class: name, isRefused }: Answered, at: number): void {
    const now = performance.now();
    const book = this.books.get(name)!;
    if (!isRefused && this.counts(now)) book.arrived++;
    if (this.counts(at)) (isRefused ? book.refused : book.accepted).add(now - at);
  }

  private counts(moment: number): boolean {
    const { warmUp, duration } = this.arrivals;
    const since = moment - this.began;
    return since >= warmUp && since < warmUp + duration;
  }

  private ofEach<T>(of: (book: Book) => T): Record<RequestClass, T> {
    return Object.fromEntries([...this.books].map(([name, book]) => [name, of(book)])) as Record<RequestClass, T>;
  }
}

/** Moments, the earliest first. An array that is long takes its time to give away its first. */
class Queue {
  private values: number[] = [];
  private start = 0;

  get length(): number {
    return this.values.length - this.start;
  }

  get first(): number {
    return this.values[this.start]!;
  }

  push(value: number): void {
    this.values.push(value);
  }

  shift(): number {
    const value = this.first;
    this.start++;
    if (this.start === this.values.length) {
      this.values = [];
      this.start = 0;
    }
    return value;
  }
}

class Book {
  arrived = 0;
  readonly accepted = new Latencies();
  readonly refused = new Latencies();

  result(): ClassResult {
    return {
      accepted: this.accepted.count,
      refused: this.refused.count,
      acceptedP50: this.accepted.percentile(50),
      acceptedP99: this.accepted.percentile(99),
      refusedP99: this.refused.percentile(99),
    };
  }
}
