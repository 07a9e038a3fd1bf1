import { Logger } from '@nestjs/common';

/** What may be refused while there is too much: what comes first here is refused first. */
export const URGENCIES = ['read', 'order', 'payment'] as const;
export type Urgency = (typeof URGENCIES)[number];

/** Up to which share of the limit each is let in while there is too much. */
const SHARE: Readonly<Record<Urgency, number>> = { read: 0.5, order: 0.8, payment: 1 };

export interface AdmissionLimits {
  /** Requests in flight that are never too many, however slowly they are answered. */
  readonly floor: number;
  /** Requests in flight that are too many at once; fewer are a burst, as long as they are soon answered. */
  readonly burst: number;
  /** Milliseconds that a request should take at most: what is answered in so long may be in flight. */
  readonly wait: number;
  /** Milliseconds for which there must be too many, and afterwards none be refused, before that counts. */
  readonly lasting: number;
}

const LIMITS: AdmissionLimits = { floor: 256, burst: 2_048, wait: 100, lasting: 1_000 };

/** Milliseconds between two looks at how many are answered, and over which their number is smoothed. */
const LOOK_EVERY = 100;
const SMOOTHED_OVER = 500;

/**
 * Lets in no more than can be answered in time. By Little's law that is the number that is answered in a tenth of a
 * second: who comes after those would wait longer. A crowd that comes to a quiet shop is let in whole all the same; only
 * when more than the limit are there for a second, or more than any burst, the shop is too busy, until it has refused
 * nobody for a second. Then reads are refused first, payments last.
 */
export class Admission {
  /** How many were refused since the start. */
  readonly refused: Record<Urgency, number> = { read: 0, order: 0, payment: 0 };
  private readonly logger = new Logger(Admission.name);
  private inFlight = 0;
  private limit: number;
  private isBusy = false;
  private aboveSince: number | null = null;
  private refusedAt = 0;
  private answered = 0;
  /** Answers a millisecond. */
  private pace = 0;
  private lookedAt: number;

  /** @param load says whether the event loop is late: then what is in flight does not show how many wait to be read */
  constructor(
    private readonly load: { readonly isHigh: boolean },
    private readonly limits = LIMITS,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.limit = limits.floor;
    this.lookedAt = now();
  }

  /** Whether it is let in. Then `begin` has to follow when all of it is there, and `leave` when it was answered. */
  admits(urgency: Urgency): boolean {
    const now = this.now();
    this.look(now);
    this.turn(now);
    const isLate = urgency === 'read' && this.load.isHigh;
    if (isLate || (this.isBusy && this.inFlight >= this.limit * SHARE[urgency])) {
      this.refused[urgency] += 1;
      this.refusedAt = now;
      return false;
    }
    return true;
  }

  begin(): void {
    this.inFlight += 1;
  }

  leave(): void {
    this.inFlight -= 1;
    this.answered += 1;
    if (this.inFlight <= this.limit) this.aboveSince = null;
  }

  /** Learns how many can be in flight. */
  private look(now: number): void {
    const elapsed = now - this.lookedAt;
    if (elapsed < LOOK_EVERY) return;
    this.pace += (this.answered / elapsed - this.pace) * (1 - Math.exp(-elapsed / SMOOTHED_OVER));
    this.limit = Math.max(this.limits.floor, this.pace * this.limits.wait);
    this.answered = 0;
    this.lookedAt = now;
  }

  private turn(now: number): void {
    const { burst, lasting } = this.limits;
    if (this.inFlight <= this.limit) this.aboveSince = null;
    else this.aboveSince ??= now;
    if (this.isBusy) {
      if (this.aboveSince === null && now - this.refusedAt >= lasting) {
        this.isBusy = false;
        this.logger.log('No longer too busy');
      }
    } else if (this.inFlight >= burst || (this.aboveSince !== null && now - this.aboveSince >= lasting)) {
      this.isBusy = true;
      this.refusedAt = now;
      this.logger.warn(`Too busy with ${this.inFlight} requests: reads are refused first, then orders, then payments`);
    }
  }
}
