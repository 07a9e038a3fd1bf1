import { Logger } from '@nestjs/common';

/** What may be refused while there is too much: what comes first here is refused first. */
export const URGENCIES = ['read', 'order', 'payment'] as const;
export type Urgency = (typeof URGENCIES)[number];

/** Up to which share of the limit each is let in while there is too much. */
const SHARE: Readonly<Record<Urgency, number>> = { read: 0.5, order: 0.8, payment: 1 };

export interface AdmissionLimits {
  /** Requests in flight that do not make it too busy, however slowly they are answered. */
  readonly calm: number;
  /** Requests in flight that are let in even then: with fewer it would not do what it can. */
  readonly floor: number;
  /** Requests in flight that are too many at once; fewer are a burst, as long as they are soon answered. */
  readonly burst: number;
  /** Milliseconds that a request should take at most: what is answered in so long may be in flight. */
  readonly wait: number;
  /** Milliseconds for which there must be too many, and afterwards none be refused, before that counts. */
  readonly lasting: number;
}

const LIMITS: AdmissionLimits = { calm: 256, floor: 64, burst: 2_048, wait: 100, lasting: 1_000 };

/** Milliseconds between two looks at how many are answered, and over which their number is smoothed. */
const LOOK_EVERY = 100;
const SMOOTHED_OVER = 500;
/** Milliseconds without too many after which those that were there before were a crowd of their own. */
const QUIET = 500;

/**
 * Lets in no more than can be answered in time. By Little's law that is the number that is answered in a tenth of a
 * second: who comes after those would wait longer. A crowd that comes to a quiet shop is let in whole all the same; only
 * when for a second more than that, and more than 256, come again and again, or turns of the event loop take longer than
 * a request may, or when more than any burst are there, the shop is too busy, until it has refused nobody for a second.
 * Then reads are refused first, payments last.
 */
export class Admission {
  /** How many were refused since the start. */
  readonly refused: Record<Urgency, number> = { read: 0, order: 0, payment: 0 };
  private readonly logger = new Logger(Admission.name);
  private inFlight = 0;
  /** Answered in this turn of the event loop: whoever was read in the same turn has waited for them too. */
  private leaving = 0;
  private limit: number;
  private many: number;
  private isBusy = false;
  private aboveSince: number | null = null;
  private isInTurn = false;
  private turnBeganAt = 0;
  /** Whether the last turn took so long that who came meanwhile has waited too long to be read. */
  private isLate = false;
  /** The end of the last turn in which there were too many, or which was late. */
  private lastAbove = 0;
  /** In this turn, and the end of the last one in which somebody was. */
  private hasRefused = false;
  private refusedAt = 0;
  private answered = 0;
  /** Answers a millisecond. */
  private pace = 0;
  private lookedAt: number;

  /** @param inNextTurn calls back when all that waits to be read has been */
  constructor(
    private readonly limits = LIMITS,
    private readonly now: () => number = () => performance.now(),
    private readonly inNextTurn: (call: () => void) => unknown = setImmediate,
  ) {
    this.limit = limits.floor;
    this.many = limits.calm;
    this.lookedAt = now();
  }

  /** Whether it is let in. Then `begin` has to follow when all of it is there, and `leave` when it was answered. */
  admits(urgency: Urgency): boolean {
    const now = this.now();
    this.look(now);
    if (!this.isInTurn) this.beginTurn(now);
    this.judge(now);
    if (!this.isBusy || this.inFlight < this.limit * SHARE[urgency]) return true;
    this.refused[urgency] += 1;
    this.hasRefused = true;
    return false;
  }

  begin(): void {
    this.inFlight += 1;
  }

  leave(): void {
    this.answered += 1;
    this.leaving += 1;
    if (!this.isInTurn) this.beginTurn(this.now());
  }

  /** The time that reading takes is none of quiet: looked at before anything is read, however slowly that goes. */
  private beginTurn(now: number): void {
    this.isInTurn = true;
    this.turnBeganAt = now;
    if (this.inFlight <= this.many) this.calmDown(now);
    this.inNextTurn(() => this.endTurn());
  }

  private endTurn(): void {
    const now = this.now();
    this.isLate = now - this.turnBeganAt > this.limits.wait;
    if (this.isLate || this.inFlight > this.many) this.lastAbove = now;
    if (this.hasRefused) this.refusedAt = now;
    this.hasRefused = false;
    this.inFlight -= this.leaving;
    this.leaving = 0;
    this.isInTurn = false;
  }

  /** Learns how many can be in flight. */
  private look(now: number): void {
    const elapsed = now - this.lookedAt;
    if (elapsed < LOOK_EVERY) return;
    this.pace += (this.answered / elapsed - this.pace) * (1 - Math.exp(-elapsed / SMOOTHED_OVER));
    this.limit = Math.max(this.limits.floor, this.pace * this.limits.wait);
    this.many = Math.max(this.limits.calm, this.limit);
    this.answered = 0;
    this.lookedAt = now;
  }

  private calmDown(now: number): void {
    if (now - this.lastAbove >= QUIET) {
      this.isLate = false;
      this.aboveSince = null;
    }
    if (!this.isBusy || now - this.refusedAt < this.limits.lasting) return;
    this.isBusy = false;
    this.logger.log('No longer too busy');
  }

  private judge(now: number): void {
    const { burst, lasting } = this.limits;
    if (!this.isLate && this.inFlight <= this.many) return;
    this.aboveSince ??= now;
    if (this.isBusy || (this.inFlight < burst && now - this.aboveSince < lasting)) return;
    this.isBusy = true;
    this.refusedAt = now;
    this.logger.warn(`Too busy with ${this.inFlight} requests: reads are refused first, then orders, then payments`);
  }
}
