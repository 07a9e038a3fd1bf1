import { DomainException } from '@app/shared';

/** A server that this one needs is away or too slow: nothing was promised, and a retry with the same key is safe. */
export class DependencyUnavailableException extends DomainException {
  /** `cause`: for the log, never for the client. */
  constructor(cause?: unknown) {
    super('unavailable', 'DEPENDENCY_UNAVAILABLE', {
      ko: '잠시 후 다시 시도해 주세요',
      en: 'Please try again in a moment',
    });
    this.cause = cause;
  }
}

/** SQLSTATEs after which the same transaction may succeed when it runs again at once. */
const SERIALIZATION = new Set(['40001', '40P01']);
const UNIQUE_VIOLATION = '23505';
const TOO_MANY_CONNECTIONS = '53300';

/**
 * SQLSTATE classes and socket errors of a server that is away, starting, stopping, full, read-only or too busy, and of
 * one that ended a session which idled in its transaction or stayed in it for too long.
 */
const AWAY =
  /^(08|53|57P0|25P03|25P04|25006|ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ENOENT)/;
const AWAY_WITHOUT_CODE =
  /Connection terminated|Client has encountered a connection error|not queryable|Connection ended|query runner (was )?already released/i;
/** What the pool says to who waited for a connection of others. A server that does not let anybody in has other words. */
const ALL_TAKEN = 'timeout exceeded when trying to connect';
const TOO_SLOW = new Set(['55P03', '57014']);

function codeOf(error: unknown): string {
  const { code, driverError } = (error ?? {}) as { code?: unknown; driverError?: unknown };
  if (typeof code === 'string') return code;
  return driverError ? codeOf(driverError) : '';
}

export function isSerializationFailure(error: unknown): boolean {
  return SERIALIZATION.has(codeOf(error));
}

/** Somebody else's committed row was in the way: whoever looks again sees it. */
export function isUniqueViolation(error: unknown): boolean {
  return codeOf(error) === UNIQUE_VIOLATION;
}

/** The connection or the server is gone: what was sent may or may not have happened. */
export function isConnectionFailure(error: unknown): boolean {
  const code = codeOf(error);
  return AWAY.test(code) || (code === '' && error instanceof Error && AWAY_WITHOUT_CODE.test(error.message));
}

/** All connections of this pool are taken, and stayed taken for as long as one may wait. Nothing was sent. */
export function isPoolExhausted(error: unknown): boolean {
  return error instanceof Error && error.message === ALL_TAKEN;
}

/** There are more callers than connections, of this pool or of the server. Nothing was sent. */
export function isExhausted(error: unknown): boolean {
  return isPoolExhausted(error) || codeOf(error) === TOO_MANY_CONNECTIONS;
}

/** A lock or a statement took longer than it may. */
export function isTooSlow(error: unknown): boolean {
  return TOO_SLOW.has(codeOf(error));
}

/** The name of the constraint that refused a write, for rules that only the database can decide. */
export function violatedConstraint(error: unknown): string | undefined {
  const { constraint, driverError } = (error ?? {}) as { constraint?: unknown; driverError?: unknown };
  if (typeof constraint === 'string') return constraint;
  return driverError ? violatedConstraint(driverError) : undefined;
}

/**
 * A value that PostgreSQL could not read as what it should be. Input is checked before it gets there; what slips through,
 * such as a cursor of somebody's own making, is still malformed input and no failure of ours.
 */
export function isMalformedValue(error: unknown): boolean {
  return codeOf(error).startsWith('22');
}

/** True where the right answer is 503: the failure is the database's, not the caller's and not a bug. */
export function isUnavailability(error: unknown): boolean {
  return isSerializationFailure(error) || isConnectionFailure(error) || isExhausted(error) || isTooSlow(error);
}
