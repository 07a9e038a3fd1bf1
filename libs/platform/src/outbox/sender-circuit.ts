import { Logger } from '@nestjs/common';
import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import { DeliveryFailedException, type EventSender, type OutgoingEvent } from './event-sender';

/** Attempts in a row that found nobody, after which no more are made for a while. */
const FAILURES = 5;
/** Milliseconds until one event is sent to find out whether somebody is there again. */
const PAUSE = 5_000;

/** The event was not sent: this is no attempt. */
export class NotSentException extends Error {}

/**
 * Spares a receiver that is away, and the attempts of the events for it: after some failures in a row nothing is sent,
 * then one event at a time until one arrives. A receiver that refuses an event is there.
 */
export class SenderCircuit {
  private readonly logger = new Logger(SenderCircuit.name);
  private readonly breaker;
  /** By the clock that never steps back. */
  private openUntil = 0;

  /** `pause` in milliseconds. */
  constructor(
    private readonly sender: EventSender,
    pause = PAUSE,
  ) {
    this.breaker = circuitBreaker(handleAll, {
      // When it is time for the one event is decided here, in room(); the breaker's own clock may step back.
      halfOpenAfter: Number.NEGATIVE_INFINITY,
      breaker: new ConsecutiveBreaker(FAILURES),
    });
    this.breaker.onBreak(() => {
      this.openUntil = performance.now() + pause;
    });
    this.breaker.onStateChange((state) => this.tell(state));
  }

  /** How many events may be taken now in order to send them: all, none, or one that finds out. */
  room(all: number): number {
    if (this.breaker.state === CircuitState.Closed) return all;
    return performance.now() < this.openUntil ? 0 : 1;
  }

  /**
   * @throws DeliveryFailedException as the sender does
   * @throws NotSentException when the circuit has opened meanwhile
   */
  async send(event: OutgoingEvent): Promise<void> {
    if (this.room(1) === 0) throw new NotSentException();
    const refusal = await this.breaker.execute(() => this.reach(event));
    if (refusal) throw refusal;
  }

  /** Whoever refuses was reached, and tells so as well as who accepts. */
  private async reach(event: OutgoingEvent): Promise<DeliveryFailedException | undefined> {
    try {
      await this.sender.send(event);
      return undefined;
    } catch (failure) {
      if (failure instanceof DeliveryFailedException && failure.advice.refused) return failure;
      throw failure;
    }
  }

  private tell(state: CircuitState): void {
    if (state === CircuitState.Open) this.logger.warn('The receiver of the events is away: one will be sent to look');
    if (state === CircuitState.Closed) this.logger.log('The receiver of the events is there again');
  }
}
