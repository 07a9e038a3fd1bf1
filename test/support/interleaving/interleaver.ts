import { DomainException } from '@app/shared';
import type { TestDatabase } from '../database';
import { within } from '../within';
import { GatedShop } from './gated-shop';
import type { Sendable } from './statement-gate';

/** A use case on rows that were prepared for it; resolves to how it ended, in a word. */
export type Call = (instance: GatedShop) => Promise<string>;

/** Where a call stands: held before its next statement, waiting for a lock of the other one, or at its end. */
export type Stand = 'held' | 'waiting' | 'ended';

/** How one schedule went; of the first call and of the second one. */
export interface Played {
  /** What each ended with: a word of its own, or the code of the refusal. */
  readonly outcomes: readonly [string, string];
  /** Where each stood when the other one went on. */
  readonly stands: readonly [Stand, Stand];
  /** What went wrong on the way, though a lane may have run again and hidden it: deadlocks, rollbacks, any error. */
  readonly failures: readonly string[];
}

/** No call of these tests takes as many milliseconds, the waits included. */
const PATIENCE = 3_500;
/** Milliseconds between two looks at who waits for whom: a statement that waits for nobody is faster. */
const BETWEEN_LOOKS = 2;

/**
 * Runs two calls on two instances against each other, statement by statement: in a schedule the same two are always
 * in the same place when the other one goes on, however fast the machine is.
 */
export class Interleaver {
  private constructor(
    private readonly database: TestDatabase,
    private readonly instances: readonly [GatedShop, GatedShop],
  ) {}

  static async open(database: TestDatabase): Promise<Interleaver> {
    return new Interleaver(database, [await GatedShop.connect(database), await GatedShop.connect(database)]);
  }

  /**
   * The first call sends so much and is held; the second one sends so much, or as far as it gets without the locks of
   * the first; then the first goes on to its end, and then the second.
   */
  async play(calls: readonly [Call, Call], sendable: readonly [Sendable, Sendable]): Promise<Played> {
    const first = new Running(this.instances[0], calls[0], sendable[0]);
    const firstStand = await this.goOn(first, first.held);
    const second = new Running(this.instances[1], calls[1], sendable[1]);
    const secondStand = await this.goOn(second, second.held, first);

    first.gate.open();
    await this.goOn(first, first.ended, second);
    second.gate.open();
    await this.goOn(first, first.ended);
    await this.goOn(second, second.ended);

    const failures = [...first.gate.failures, ...second.gate.failures];
    return { outcomes: [first.ending, second.ending], stands: [firstStand, secondStand], failures };
  }

  async close(): Promise<void> {
    for (const { gate } of this.instances) gate.open();
    for (const instance of this.instances) await instance.close();
  }

  /** Until the call has come `there`, or waits for a lock that the other one holds. */
  private async goOn(call: Running, there: Promise<void>, other?: Running): Promise<Stand> {
    const deadline = Date.now() + PATIENCE;
    while (!(await within(BETWEEN_LOOKS, there)) && Date.now() < deadline) {
      if (other && (await this.waits(call, other))) return 'waiting';
    }
    return call.stand;
  }

  private async waits({ gate: waiting }: Running, { gate: holding }: Running): Promise<boolean> {
    const [row] = await this.database.dataSource.query<{ waits: boolean }[]>(
      'SELECT $2::integer = ANY (pg_blocking_pids($1)) AS waits',
      [waiting.processId, holding.processId],
    );
    return row!.waits;
  }
}

/** A call on its way through the gate of its instance. */
class Running {
  readonly ended: Promise<void>;
  /** Before its next statement; or it has ended without one. */
  readonly held: Promise<void>;
  private outcome: string | undefined;

  constructor(
    private readonly instance: GatedShop,
    call: Call,
    sendable: Sendable,
  ) {
    this.gate.restart(sendable);
    this.ended = call(instance).then(
      (answer) => this.end(answer),
      (error: unknown) => this.end(error instanceof DomainException ? error.code : String(error)),
    );
    this.held = Promise.race([this.gate.held, this.ended]);
  }

  get gate() {
    return this.instance.gate;
  }

  get stand(): Stand {
    if (this.outcome !== undefined) return 'ended';
    return this.gate.isHolding ? 'held' : 'waiting';
  }

  get ending(): string {
    return this.outcome ?? `has not ended after ${this.gate.sent} statements`;
  }

  private end(outcome: string): void {
    this.outcome = outcome;
  }
}
