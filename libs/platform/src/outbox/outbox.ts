import { Injectable } from '@nestjs/common';
import { TypeOrmUnitOfWork } from '../database/typeorm-unit-of-work';

/** Something that happened and that somebody outside must learn. */
export interface NewEvent {
  /** UUIDv7. */
  readonly id: string;
  readonly type: string;
  /** What it happened to; one event of a type for each subject. */
  readonly subjectId: string;
  /** Plain JSON. */
  readonly payload: unknown;
  readonly at: Date;
}

/** Events in the transaction of what they tell: they leave after its commit, and never when it is rolled back. */
@Injectable()
export class Outbox {
  private readonly listeners: (() => void)[] = [];

  constructor(private readonly unitOfWork: TypeOrmUnitOfWork) {}

  /** Adds all events in one statement, due at once; requires an open unit of work. */
  async addAll(events: readonly NewEvent[]): Promise<void> {
    if (events.length === 0) return;
    this.unitOfWork.afterCommit(() => {
      for (const listener of this.listeners) listener();
    });
    this.unitOfWork.send(
      // Cut, not rounded to the column's milliseconds: rounded up, a fresh event would not be due yet.
      `INSERT INTO outbox_event (id, type, subject_id, payload, created_at, status, next_attempt_at)
       SELECT s.*, 'PENDING', date_trunc('milliseconds', now())
         FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::jsonb[], $5::timestamptz[]) AS s`,
      [
        events.map(({ id }) => id),
        events.map(({ type }) => type),
        events.map(({ subjectId }) => subjectId),
        events.map(({ payload }) => JSON.stringify(payload)),
        events.map(({ at }) => at),
      ],
    );
  }

  /** Calls `listener` after each commit that brought events. It must not throw: the work is done already. */
  onAdded(listener: () => void): void {
    this.listeners.push(listener);
  }
}
