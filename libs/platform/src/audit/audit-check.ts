import type { Since } from './lately';
import type { Column } from './walk';

/**
 * An invariant, as one query for the rows that break it. It is read in a snapshot in which every transaction is whole
 * or absent, so it must find nothing at any moment, however busy the shop is. An invariant that spans modules which do
 * not know each other comes in parts: checks of one name are reported as one.
 */
export interface AuditCheck {
  readonly name: string;
  /** A SELECT or WITH without parameters; its columns are what the sample shows. */
  readonly query: string;
  /** How to look at a part. Where it is missing, the whole is looked at each time. */
  readonly inParts?: InParts;
  /** Need only hold once the queues are empty: checked by nobody but who asks for that. */
  readonly onceQuiet?: true;
}

/** Two ways to look at a part of the tables that a query names: at what has just happened, and at all of it in turn. */
export interface InParts {
  /**
   * Named queries, as they stand in a WITH, that take the place of the tables of those names: with them the query looks
   * at whatever was touched lately, and at all that belongs to it.
   */
  readonly lately: (since: Since) => string;
  /**
   * Where the rows of its tables meet: whether they break it is seen among those with the same value. The first column
   * is walked along, in stretches, and of the other tables the rows of the same stretch are looked at: quickly where the
   * column has an index.
   */
  readonly along: readonly [Column, ...Column[]];
}
