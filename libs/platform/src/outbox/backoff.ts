const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Waits after the first, second... failed attempt, as Standard Webhooks recommend: about three days in all. */
const SCHEDULE = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];
const LONGEST_WAIT = 24 * HOUR;
const JITTER = 0.2;

/** A number from 0 to 1, without 1. */
export type Random = () => number;

/**
 * Milliseconds to wait after attempt number `attempt` has failed; null when it was the last one. Up to a fifth longer
 * than the schedule says, so that events which failed together do not come back together; a wait that the receiver
 * asked for is kept, up to a day.
 */
export function waitAfter(attempt: number, retryAfterSeconds = 0, random: Random = Math.random): number | null {
  const scheduled = SCHEDULE[attempt - 1];
  if (scheduled === undefined) return null;
  const asked = Math.min(retryAfterSeconds * SECOND, LONGEST_WAIT);
  return Math.round(Math.max(scheduled, asked) * (1 + JITTER * random()));
}
