import { WRITES } from '../history';
import type { Evidence } from './evidence';
import { nameOf, type Operation, operationsOf } from './operations';
import { remembered } from './remembered';

export const openOperations = remembered((evidence: Evidence): readonly Operation[] =>
  operationsOf(evidence).filter(({ action, outcome }) => WRITES.has(action) && outcome === 'open'),
);

/** Checker 11: whoever asked long enough knows whether it happened. */
export function open(evidence: Evidence): string[] {
  return openOperations(evidence).map((operation) => {
    const { status, code, lost } = operation.calls.at(-1)!;
    const last = lost ?? `${status} ${code}`;
    return `${nameOf(operation)} is open after ${operation.calls.length} calls, the last: ${last}`;
  });
}
