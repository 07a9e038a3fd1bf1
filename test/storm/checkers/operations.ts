import type { Action, Call } from '../history';
import type { Evidence } from './evidence';
import { grouped } from './grouped';
import { remembered } from './remembered';

/** What a client wanted, with all calls that it made for it. */
export interface Operation {
  readonly number: number;
  readonly action: Action;
  readonly userId: string;
  readonly key: string | undefined;
  readonly path: string;
  readonly body: unknown;
  /** In the order in which they ended, as the history has them. */
  readonly calls: readonly Call[];
  /** `open` when no call was definite: it may or may not have happened. */
  readonly outcome: 'done' | 'refused' | 'open';
  /** The first call that told the outcome. */
  readonly reply: Call | undefined;
  /** Before this moment nothing of it can have happened. */
  readonly began: number;
  /** From this moment on it had happened, if it is done; infinite while open. */
  readonly settled: number;
}

/** All operations of a storm, by number. */
export const operationsOf = remembered(({ calls }: Evidence): readonly Operation[] => {
  const callsOf = grouped(calls, ({ operation }) => operation);
  return [...callsOf.values()].map(operationOf).sort((a, b) => a.number - b.number);
});

/** Those of one action, by number. */
export const operationsBy = remembered((evidence: Evidence) => {
  const byAction = grouped(operationsOf(evidence), ({ action }) => action);
  return (action: Action): readonly Operation[] => byAction.get(action) ?? [];
});

/** How a problem names an operation, so that a person finds it in the history. */
export function nameOf({ number, action, userId, key }: Operation): string {
  return `operation ${number} (${action}, ${userId}${key === undefined ? '' : `, key ${key}`})`;
}

function operationOf(calls: readonly Call[]): Operation {
  // Done once is done, whatever the others say: that they differ is a problem of its own.
  const reply = calls.find(({ verdict }) => verdict === 'done') ?? calls.find(({ verdict }) => verdict === 'refused');
  const { operation, action, userId, key, path, body } = calls[0]!;
  const outcome = reply === undefined ? 'open' : reply.verdict === 'done' ? 'done' : 'refused';
  const began = Math.min(...calls.map((call) => call.began));
  const settled = reply?.ended ?? Number.POSITIVE_INFINITY;
  return { number: operation, action, userId, key, path, body, calls, outcome, reply, began, settled };
}
