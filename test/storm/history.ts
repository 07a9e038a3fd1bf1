import fs from 'node:fs';

/** The two instances of the shop under storm. */
export type InstanceName = 'A' | 'B';

/** What a logical client does; those that write carry an idempotency key. */
export type Action =
  | 'charge'
  | 'order'
  | 'cancel'
  | 'pay'
  | 'refund'
  | 'issue'
  | 'restock'
  | 'read balance'
  | 'read transactions'
  | 'read product'
  | 'read products'
  | 'read order'
  | 'read payment'
  | 'read coupons'
  | 'read ranking'
  | 'noise';

export const WRITES: ReadonlySet<Action> = new Set<Action>([
  'charge',
  'order',
  'cancel',
  'pay',
  'refund',
  'issue',
  'restock',
]);

/** Why a call was made: the first of its operation, sent twice at once, again until definite, or again later on purpose. */
export type Reason = 'first' | 'twin' | 'retry' | 'replay';

/**
 * What a call tells. `done` is 2xx and `refused` a 4xx that is an outcome: definite both. `unknown` is everything else
 * (no answer, hung up by the client, 5xx, 429, REQUEST_IN_PROGRESS): it may or may not have happened.
 */
export type CallOutcome = 'done' | 'refused' | 'unknown';

/** One HTTP exchange, as its client saw it. Times in milliseconds of the driver's monotonic clock. */
export interface Call {
  /** All calls of one operation share it: one intent, one key. */
  readonly operation: number;
  readonly reason: Reason;
  /** The logical client, e.g. `bank-3`. */
  readonly client: string;
  readonly action: Action;
  readonly userId: string;
  readonly instance: InstanceName;
  readonly method: string;
  readonly path: string;
  readonly key?: string;
  readonly body?: unknown;
  /** For noise: the status that the API promises. */
  readonly expected?: number;
  readonly began: number;
  readonly ended: number;
  readonly verdict: CallOutcome;
  /** Absent when no answer came. */
  readonly status?: number;
  /** Of a problem. */
  readonly code?: string;
  readonly replayed?: boolean;
  /** Parsed JSON, or the text. */
  readonly answer?: unknown;
  /** Why no answer came: an error code, or `aborted` when the client hung up on purpose. */
  readonly lost?: string;
}

/** What the nemesis did, and when: the fault's name, kind and the instance or server it hit. */
export interface FaultNote {
  readonly fault: string;
  readonly kind: string;
  readonly began: number;
  readonly healed: number;
  /** When the shop did its work at its usual rate again; absent when nobody saw that happen. */
  readonly recovered?: number;
}

type Entry =
  | { readonly type: 'began'; readonly operation: number; readonly action: Action; readonly at: number }
  | ({ readonly type: 'call' } & Call)
  | ({ readonly type: 'fault' } & FaultNote);

const FLUSH_EVERY = 20;

/**
 * Everything that was done, in memory for the checkers and as JSON lines on the disk for people. Each line is
 * fsynced within some milliseconds, so that a storm which dies leaves its history.
 */
export class History {
  readonly calls: Call[] = [];
  readonly faults: FaultNote[] = [];
  private readonly file: number;
  private lines: string[] = [];
  private readonly timer: NodeJS.Timeout;

  constructor(file: string) {
    this.file = fs.openSync(file, 'a');
    this.timer = setInterval(() => this.flush(), FLUSH_EVERY);
    this.timer.unref();
  }

  began(operation: number, action: Action): void {
    this.write({ type: 'began', operation, action, at: performance.now() });
  }

  add(call: Call): void {
    this.calls.push(call);
    this.write({ type: 'call', ...call });
  }

  addFault(fault: FaultNote): void {
    this.faults.push(fault);
    this.write({ type: 'fault', ...fault });
  }

  /** How often faults of that kind have struck. */
  struck(kind: string): number {
    return this.faults.filter((fault) => fault.kind === kind).length;
  }

  close(): void {
    clearInterval(this.timer);
    this.flush();
    fs.closeSync(this.file);
  }

  private write(entry: Entry): void {
    this.lines.push(JSON.stringify(entry));
  }

  private flush(): void {
    if (this.lines.length === 0) return;
    fs.writeSync(this.file, `${this.lines.splice(0).join('\n')}\n`);
    fs.fdatasyncSync(this.file);
  }
}
