import { type Page, type PageRequest, pageOf } from '@app/shared';
import { Injectable } from '@nestjs/common';
import { TypeOrmUnitOfWork } from '../database/typeorm-unit-of-work';
import { decodeCursor, encodeCursor } from '../http/cursor';
import { ID, TIMESTAMP } from '../http/forms';
import type { OutgoingEvent } from './event-sender';
import { DeliveryNotFoundException } from './outbox.exceptions';

export const DELIVERY_STATUSES = ['PENDING', 'DELIVERED', 'DEAD'] as const;

export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** What the admin sees of an event. */
export interface Delivery {
  readonly id: string;
  readonly type: string;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly lastError: string | null;
  /** Null when no further attempt is planned. */
  readonly nextAttemptAt: Date | null;
  readonly createdAt: Date;
}

/** How an attempt ended. */
export type Result = { readonly id: string } & (
  | { readonly status: 'DELIVERED' }
  | { readonly status: 'DEAD'; readonly error: string }
  /** Next attempt after `wait` milliseconds. */
  | { readonly status: 'PENDING'; readonly error: string; readonly wait: number }
);

/** A part of each statement, not a parameter, so that the plan can use the index that fits the status. */
const FILTER: Record<DeliveryStatus, string> = {
  PENDING: `AND status = 'PENDING'`,
  DELIVERED: `AND status = 'DELIVERED'`,
  DEAD: `AND status = 'DEAD'`,
};

/** The events and their deliveries, as the relay and the admin see them. */
@Injectable()
export class Deliveries {
  constructor(private readonly unitOfWork: TypeOrmUnitOfWork) {}

  /**
   * Takes events that are due, the longest due first, passing over those that another relay is taking. They come due
   * again in 30 seconds, in case that this relay does not live to mark them. There is no cursor: an event that was
   * committed late is as due as any.
   */
  claim(lease: string, limit: number): Promise<OutgoingEvent[]> {
    return this.unitOfWork.run(() =>
      this.unitOfWork.query<OutgoingEvent>(
        `UPDATE outbox_event
            SET lease = $1, attempts = attempts + 1, next_attempt_at = now() + interval '30 seconds'
          WHERE id = ANY(ARRAY(
                  SELECT id FROM outbox_event WHERE status = 'PENDING' AND next_attempt_at <= now()
                   ORDER BY next_attempt_at, id LIMIT $2 FOR UPDATE SKIP LOCKED))
         RETURNING id, type, payload, created_at AS at, attempts AS attempt, now() AS "attemptedAt"`,
        [lease, limit],
      ),
    );
  }

  /**
   * Stores how attempts ended, where the lease is still this one: whoever came too late changes nothing. Tells how many
   * were stored.
   */
  mark(lease: string, results: readonly Result[]): Promise<number> {
    return this.unitOfWork.run(async () => {
      const marked = await this.unitOfWork.query(
        `UPDATE outbox_event e
            SET status = s.status, last_error = s.error, lease = NULL,
                delivered_at = CASE s.status WHEN 'DELIVERED' THEN now() END,
                next_attempt_at = CASE s.status WHEN 'PENDING' THEN now() + s.wait * interval '1 millisecond'
                                  ELSE e.next_attempt_at END
           FROM unnest($2::uuid[], $3::text[], $4::text[], $5::integer[]) AS s (id, status, error, wait)
          WHERE e.id = s.id AND e.lease = $1 AND e.status = 'PENDING' RETURNING e.id`,
        [
          lease,
          results.map(({ id }) => id),
          results.map(({ status }) => status),
          results.map((result) => ('error' in result ? result.error : null)),
          results.map((result) => ('wait' in result ? result.wait : null)),
        ],
      );
      return marked.length;
    });
  }

  /** Gives back what was taken and not tried: due at once, and not counted as an attempt. */
  async release(lease: string, ids: readonly string[]): Promise<void> {
    await this.unitOfWork.run(() =>
      this.unitOfWork.query(
        `UPDATE outbox_event SET lease = NULL, attempts = attempts - 1, next_attempt_at = date_trunc('milliseconds', now())
          WHERE id = ANY($2::uuid[]) AND lease = $1 AND status = 'PENDING'`,
        [lease, ids],
      ),
    );
  }

  /**
   * Makes an event due at once, dead or waiting. Its attempts stay counted: a dead one gets one more. An attempt that is
   * under way loses its lease, so the receiver may see the event twice, as it always may.
   * @throws DeliveryNotFoundException for an unknown event, and for one that was delivered
   */
  async retry(id: string): Promise<void> {
    const retried = await this.unitOfWork.run(() =>
      this.unitOfWork.query(
        `UPDATE outbox_event SET status = 'PENDING', lease = NULL, next_attempt_at = date_trunc('milliseconds', now())
          WHERE id = $1 AND status <> 'DELIVERED' RETURNING id`,
        [id],
      ),
    );
    if (retried.length === 0) throw new DeliveryNotFoundException();
  }

  /** Newest first. */
  async page(status: DeliveryStatus | undefined, { limit, cursor }: PageRequest): Promise<Page<Delivery>> {
    const list = `deliveries:${status ?? ''}`;
    const [createdAt, id] = cursor === undefined ? [null, null] : decodeCursor(list, cursor, TIMESTAMP, ID);
    const rows = await this.unitOfWork.query<Delivery>(
      `SELECT id, type, status, attempts, last_error AS "lastError", created_at AS "createdAt",
              CASE status WHEN 'PENDING' THEN next_attempt_at END AS "nextAttemptAt"
         FROM outbox_event
        WHERE ($1::timestamptz IS NULL OR (created_at, id) < ($1, $2::uuid)) ${status ? FILTER[status] : ''}
        ORDER BY created_at DESC, id DESC LIMIT $3`,
      [createdAt, id, limit + 1],
    );
    return pageOf(rows, limit, (last) => encodeCursor(list, [last.createdAt.toISOString(), last.id]));
  }
}
