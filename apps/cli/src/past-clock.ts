import { Clock } from '@app/shared';

/** A clock that stands wherever it is set: for history that is made up. */
export class PastClock extends Clock {
  constructor(private time: Date) {
    super();
  }

  async now(): Promise<Date> {
    return this.time;
  }

  /** @throws RangeError for a time before the one it shows: what is decided never goes back */
  moveTo(time: Date): void {
    if (time < this.time) throw new RangeError('a clock does not go back');
    this.time = time;
  }
}
