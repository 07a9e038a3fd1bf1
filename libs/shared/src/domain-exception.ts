/** What went wrong in the words of the business; the HTTP adapter alone knows the status of each. */
export type ExceptionKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'key-reused'
  | 'too-many'
  | 'unavailable';

/** One sentence for a person, in both languages that clients read. */
export interface Sentence {
  readonly ko: string;
  readonly en: string;
}

/** Facts that a client can act on, shown beside the code (`shortages`, `balance`, `paymentId`); plain JSON. */
export type Details = Readonly<Record<string, unknown>>;

/**
 * A rule said no. `code` is the stable name that clients switch on, the message is the Korean sentence of the
 * sequence diagrams.
 */
export abstract class DomainException extends Error {
  constructor(
    readonly kind: ExceptionKind,
    readonly code: string,
    readonly sentence: Sentence,
    readonly details: Details = {},
  ) {
    super(sentence.ko);
    this.name = new.target.name;
  }
}
