/** Where the time of every business decision comes from. */
export abstract class Clock {
  /** The time of the unit of work that is running: one moment for all decisions of a batch. */
  abstract now(): Promise<Date>;
}
