import { Clock } from '@app/shared';

/** A clock that stands still until it is told otherwise. */
export class SetClock extends Clock {
  constructor(private time = new Date('2026-11-22T03:00:00.000Z')) {
    super();
  }

  now(): Promise<Date> {
    return Promise.resolve(this.time);
  }

  advance(milliseconds: number): void {
    this.time = new Date(this.time.getTime() + milliseconds);
  }
}
