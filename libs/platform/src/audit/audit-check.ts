/**
 * An invariant, as one query for the rows that break it. It is read in a snapshot in which every transaction is whole
 * or absent, so it must find nothing at any moment, however busy the shop is. An invariant that spans modules which do
 * not know each other comes in parts: checks of one name are reported as one.
 */
export interface AuditCheck {
  readonly name: string;
  /** A SELECT or WITH without parameters; its columns are what the sample shows. */
  readonly query: string;
  /** Need only hold once the queues are empty: checked by nobody but who asks for that. */
  readonly onceQuiet?: true;
}
