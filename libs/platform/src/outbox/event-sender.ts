/** An event on its way out. */
export interface OutgoingEvent {
  /** The same on every attempt, so that the receiver can tell a repetition. */
  readonly id: string;
  readonly type: string;
  readonly payload: unknown;
  /** When it happened. */
  readonly at: Date;
  /** 1 for the first. */
  readonly attempt: number;
  /** When this attempt began, by the database's clock. */
  readonly attemptedAt: Date;
}

/** Driven port: whoever events are for. The module that owns the events brings the adapter. */
export abstract class EventSender {
  /**
   * Resolves once the receiver has the event; called outside of any transaction, and again until it resolves, so the
   * receiver gets every event at least once. Gives up by itself within a few seconds.
   * @throws DeliveryFailedException
   */
  abstract send(event: OutgoingEvent): Promise<void>;
}

/** What the receiver said about trying again. */
export interface Advice {
  /** Not earlier than this. */
  readonly retryAfterSeconds?: number;
  /** It does not want the event at all: no further attempt. */
  readonly gone?: boolean;
  /** It is there and refused this event: other events may do better. */
  readonly refused?: boolean;
}

const LONGEST_REASON = 200;

/** The receiver does not have the event. The message is kept and shown to the admin: a status, a timeout, never a body. */
export class DeliveryFailedException extends Error {
  constructor(
    reason: string,
    readonly advice: Advice = {},
  ) {
    super(reason.slice(0, LONGEST_REASON));
    this.name = 'DeliveryFailedException';
  }
}
