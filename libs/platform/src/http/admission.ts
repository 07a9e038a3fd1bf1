import { Logger } from '@nestjs/common';

/** What may be refused while there is too much: what comes first here is refused first. */
export const URGENCIES = ['read', 'order', 'payment'] as const;
export type Urgency = (typeof URGENCIES)[number];

/** Up to which share of the limit each is let in while there is too much. */
const SHARE: Readonly<Record<Urgency, number>> = { read: 0.5, order: 0.8, payment: 1 };

export interface AdmissionLimits {
  /**
   * Requests in flight that do not make it too busy, however slowly they are answered. Whoever is answered and asks again
   * in one turn of the event loop counts twice in it, so half as many callers who wait for their answers are no crowd.
   */
  readonly calm: number;
  /** Requests in flight that are let in even then: with fewer it would not do what it can. */
  readonly floor: number;
  /** Requests in flight that are too many at once; fewer are a burst, as long as they are soon answered. */
  readonly burst: number;
  /** Milliseconds that nine of ten requests should take at most. */
  readonly wait: number;
  /** Milliseconds that a turn of the event loop should take at most: who comes meanwhile waits unread. */
  readonly turn: number;
  /** Milliseconds for which there must be too many, and afterwards none be refused, before that counts. */
  readonly lasting: number;
}

const LIMITS: AdmissionLimits = {
  calm: 512,
  floor: 64,
  burst: 2_048,
  wait: 200,
  turn: 100,
  lasting: 1_000,
};

/** Milliseconds between two looks at how many are answered and how soon, and over which their number is smoothed. */
const LOOK_EVERY = 200;
const SMOOTHED_OVER = 500;
/** Share of answers that may take too long. */
const MOST_SLOW = 0.1;
/** What becomes of the limit at each look: when too many take too long, and when they do not and some were refused. */
const LESS = 0.9;
const MORE = 1.05;
/** Milliseconds without too many after which those that were there before were a crowd of their own. */
const QUIET = 500;

/**
 * Lets in no more than can be answered in time. A crowd that comes to a quiet shop is let in whole; only when for a second
 * more than are answered in time, and more than 512, come again and again, or turns of the event loop take too long, or
 * when more than any burst are there, the shop is too busy, until it has refused nobody for a second. Then reads are
 * refused first, payments last. How many are let in is, at first, what is answered in the time that a request may take, by
 * Little's law; from then on it is less as long as too many answers take longer, and more as long as they do not: how much
 * a shop can do depends on what it is asked for, and on how many ask together.
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
  /** Whether there were too many at once since it was last known not to be busy. */
  private isCrowded = false;
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
  /** Since the last look. */
  private answered = 0;
  private slow = 0;
  private refusedSince = 0;
  /** Answers a millisecond. */
  private pace = 0;
  private lookedAt: number;

  /** `inNextTurn` calls back when all that waits to be read has been. */
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
    // Late alone, the shop is slow and not crowded: who buys is not sent away for that.
    if (!this.isCrowded && urgency !== 'read') return true;
    this.refused[urgency] += 1;
    this.refusedSince += 1;
    this.hasRefused = true;
    return false;
  }

  /** Answers the moment, for `leave`. */
  begin(): number {
    this.inFlight += 1;
    return this.now();
  }

  leave(beganAt: number): void {
    const now = this.now();
    this.answered += 1;
    if (now - beganAt > this.limits.wait) this.slow += 1;
    this.leaving += 1;
    if (!this.isInTurn) this.beginTurn(now);
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
    this.isLate = now - this.turnBeganAt > this.limits.turn;
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
    const timely = this.pace * this.limits.wait;
    if (!this.isBusy) this.limit = timely;
    else if (this.slow > this.answered * MOST_SLOW) this.limit *= LESS;
    else if (this.answered > 0 && this.refusedSince > 0) this.limit = Math.max(timely, this.limit * MORE);
    this.limit = Math.min(Math.max(this.limits.floor, this.limit), this.limits.burst);
    this.many = Math.max(this.limits.calm, this.limit);
    this.answered = 0;
    this.slow = 0;
    this.refusedSince = 0;
    this.lookedAt = now;
  }

  private calmDown(now: number): void {
    if (now - this.lastAbove >= QUIET) {
      this.isLate = false;
      this.aboveSince = null;
      if (!this.isBusy) this.isCrowded = false;
    }
    if (!this.isBusy || now - this.refusedAt < this.limits.lasting) return;
    this.isBusy = false;
    this.isCrowded = false;
    this.logger.log('No longer too busy');
  }

  private judge(now: number): void {
    const { burst, lasting } = this.limits;
    const areTooMany = this.inFlight > this.many;
    if (!this.isLate && !areTooMany) return;
    this.isCrowded ||= areTooMany;
    this.aboveSince ??= now;
    if (this.isBusy || (this.inFlight < burst && now - this.aboveSince < lasting)) return;
    this.isBusy = true;
    this.refusedAt = now;
    this.logger.warn(`Too busy with ${this.inFlight} requests: reads are refused first, then orders, then payments`);
  }
}
