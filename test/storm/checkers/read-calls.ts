import type { Action, Call } from '../history';
import type { Evidence } from './evidence';
import { operationsBy } from './operations';

/** The calls of one kind of read that were answered with what was asked for. */
export function answeredReads(evidence: Evidence, action: Action): Call[] {
  return readsThat(evidence, action, 'done');
}

export function refusedReads(evidence: Evidence, action: Action): Call[] {
  return readsThat(evidence, action, 'refused');
}

/** How a problem of a read begins. */
export function seenBy({ operation, action, userId, instance, path }: Call): string {
  return `operation ${operation} (${action}, ${userId}, ${path}) saw on ${instance}`;
}

function readsThat(evidence: Evidence, action: Action, verdict: Call['verdict']): Call[] {
  return operationsBy(evidence)(action).flatMap(({ calls }) => calls.filter((call) => call.verdict === verdict));
}
