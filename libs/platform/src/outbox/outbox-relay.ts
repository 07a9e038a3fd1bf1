import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { failpoint } from '../failpoints/failpoint';
import { Background } from '../jobs/background';
import { Courtesy } from '../jobs/courtesy';
import { waitAfter } from './backoff';
import { Deliveries, type Result } from './deliveries';
import { DeliveryFailedException, EventSender, type OutgoingEvent } from './event-sender';
import { Outbox } from './outbox';
import { NotSentException, SenderCircuit } from './sender-circuit';

/** Events taken at once. With 8 at a time and 3 seconds each they are through in 21 seconds, before the lease of 30 ends. */
const BATCH = 50;
const CONCURRENCY = 8;

/**
 * Sends what is in the outbox, on every instance: takes a batch in a short transaction, sends it outside of any, and
 * marks what came of it as long as the batch is still its own. A busy process relays less: events can wait, customers not.
 */
@Injectable()
export class OutboxRelay implements BeforeApplicationShutdown {
  private readonly logger = new Logger(OutboxRelay.name);
  private readonly outsideOfAnyRequest = AsyncLocalStorage.snapshot();
  private readonly courtesy = new Courtesy();
  private running: Promise<number> | undefined;
  private wanted = false;
  private stopping = false;
  private failing = false;

  constructor(
    outbox: Outbox,
    private readonly deliveries: Deliveries,
    sender: EventSender,
    private readonly background: Background,
    private readonly circuit = new SenderCircuit(sender),
  ) {
    outbox.onAdded(() => this.wake());
  }

  /** Starts relaying soon, without waiting for it, where the jobs are; elsewhere the next tick there does. Never throws. */
  wake(): void {
    if (!this.background.isOn) return;
    this.outsideOfAnyRequest(() => setImmediate(() => void this.tick()));
  }

  /** Picks up what came due by time, and what another instance left behind. */
  @Interval(1_000)
  async tick(): Promise<void> {
    try {
      await this.relayDue();
      this.failing = false;
    } catch (error) {
      // Once, not every second for as long as the database is away.
      if (!this.failing) this.logger.error('The outbox cannot be relayed at the moment', error);
      this.failing = true;
    }
  }

  /**
   * Runs until nothing is due, and tells how many attempts it made. While it runs a second call joins it, and whatever
   * has been committed before that call is seen.
   */
  relayDue(): Promise<number> {
    if (this.stopping) return Promise.resolve(0);
    this.wanted = true;
    this.running ??= this.relayWhileWanted();
    return this.running;
  }

  /** Takes nothing more, and waits for the attempts under way. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    this.courtesy.end();
    await this.running?.catch(() => undefined);
  }

  private async relayWhileWanted(): Promise<number> {
    let attempts = 0;
    try {
      while (this.wanted && !this.stopping) {
        this.wanted = false;
        this.courtesy.begin();
        const taken = await this.relayBatch();
        attempts += taken;
        if (taken > 0) {
          this.wanted = true;
          await this.courtesy.rest();
        }
      }
      return attempts;
    } finally {
      this.running = undefined;
    }
  }

  private async relayBatch(): Promise<number> {
    failpoint('before-relay');
    const room = this.circuit.room(BATCH);
    if (room === 0) return 0;
    const lease = randomUUID();
    const events = await this.deliveries.claim(lease, room);
    if (events.length === 0) return 0;

    const marks = new Marks((results) => this.mark(lease, results));
    const unsent = events.values();
    const left: string[] = [];
    const sendOneAfterAnother = async (): Promise<void> => {
      while (!this.stopping) {
        const { value: event } = unsent.next();
        if (!event) return;
        const result = await this.attempt(event);
        if (result === null) {
          left.push(event.id);
          return;
        }
        failpoint('sent');
        marks.add(result);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, sendOneAfterAnother));
    await marks.stored();
    left.push(...[...unsent].map(({ id }) => id));
    if (left.length > 0) await this.deliveries.release(lease, left);
    return events.length - left.length;
  }

  /** Null when the event was not sent, because nobody is there. */
  private async attempt(event: OutgoingEvent): Promise<Result | null> {
    const { id } = event;
    try {
      await this.circuit.send(event);
      return { id, status: 'DELIVERED' };
    } catch (failure) {
      if (failure instanceof NotSentException) return null;
      const { message: error, advice } = this.deliveryFailure(failure);
      const wait = advice.gone ? null : waitAfter(event.attempt, advice.retryAfterSeconds);
      return wait === null ? { id, status: 'DEAD', error } : { id, status: 'PENDING', error, wait };
    }
  }

  /** A sender that breaks is a bug, and no reason to lose the event. */
  private deliveryFailure(failure: unknown): DeliveryFailedException {
    if (failure instanceof DeliveryFailedException) return failure;
    this.logger.error('The sender broke', failure);
    return new DeliveryFailedException('the sender broke, the log says how');
  }

  private async mark(lease: string, results: readonly Result[]): Promise<void> {
    const stored = await this.deliveries.mark(lease, results);
    if (stored < results.length) {
      this.logger.warn(`${results.length - stored} events were taken over by another attempt before they were marked`);
    }
    for (const result of results) {
      if (result.status === 'DEAD') this.logger.error(`Event ${result.id} is given up: ${result.error}`);
    }
    const [failed, ...others] = results.filter(({ status }) => status === 'PENDING');
    if (failed && 'error' in failed) {
      this.logger.warn(`${1 + others.length} events will be sent again, the first because of: ${failed.error}`);
    }
  }
}

/** Stores results as they come, one statement at a time for all that came meanwhile: a slow event holds up no mark. */
class Marks {
  private waiting: Result[] = [];
  private storing: Promise<void> | undefined;

  constructor(private readonly store: (results: readonly Result[]) => Promise<void>) {}

  add(result: Result): void {
    this.waiting.push(result);
    // What fails is tried again with the next result, and at the end by stored(), which tells.
    this.storing ??= this.storeWaiting()
      .catch(() => undefined)
      .finally(() => {
        this.storing = undefined;
      });
  }

  /** Waits until everything is stored. @throws what the last try failed with */
  async stored(): Promise<void> {
    await this.storing;
    await this.storeWaiting();
  }

  private async storeWaiting(): Promise<void> {
    while (this.waiting.length > 0) {
      const results = this.waiting.splice(0);
      try {
        await this.store(results);
      } catch (error) {
        this.waiting.unshift(...results);
        throw error;
      }
    }
  }
}
