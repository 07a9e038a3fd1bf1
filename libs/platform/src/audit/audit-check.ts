import type { Since } from './lately';

/**
 * An invariant, as one query for the rows that break it. It is read in a snapshot in which every transaction is whole
 * or absent, so it must find nothing at any moment, however busy the shop is. An invariant that spans modules which do
 * not know each other comes in parts: checks of one name are reported as one.
 */
export interface AuditCheck {
  readonly name: string;
  /** A SELECT or WITH without parameters; its columns are what the sample shows. */
  readonly query: string;
  /**
   * Named queries, as they stand in a WITH, that take the place of the tables of those names: with them the query looks
   * at whatever was touched lately, and at all that belongs to it. Where it is missing, the whole is looked at each time.
   */
  readonly lately?: (since: Since) => string;
  /** Need only hold once the queues are empty: checked by nobody but who asks for that. */
  readonly onceQuiet?: true;
}
