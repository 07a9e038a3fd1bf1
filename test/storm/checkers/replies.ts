import { isDeepStrictEqual } from 'node:util';
import { type Call, WRITES } from '../history';
import type { Evidence } from './evidence';
import { nameOf, type Operation, operationsOf } from './operations';

/** Checker 2: whoever asks again with a key is told the same, and that it is a replay. */
export function replies(evidence: Evidence): string[] {
  return operationsOf(evidence)
    .filter(({ action }) => WRITES.has(action))
    .flatMap((operation) => [...differing(operation), ...firstTold(operation), ...reusedKey(operation)]);
}

function differing(operation: Operation): string[] {
  const [first, ...others] = definite(operation);
  const other = first && others.find((call) => !tellsTheSame(first, call));
  return other ? [`${nameOf(operation)} was told ${inWords(first)} and then ${inWords(other)}`] : [];
}

/** What is not remembered is decided each time; its problem names each request. */
function tellsTheSame(first: Call, other: Call): boolean {
  if (first.status !== other.status) return false;
  return isOutcome(first) ? isDeepStrictEqual(first.answer, other.answer) : first.code === other.code;
}

/** One call is the one that did it; it alone is not marked as a replay, unless its answer was lost. */
function firstTold(operation: Operation): string[] {
  const told = definite(operation).filter(isOutcome);
  if (told.length === 0) return [];
  const first = told.filter(({ replayed }) => !replayed);
  if (first.length > 1)
    return [`${nameOf(operation)} was done ${first.length} times: no replay, ${inWords(first[1]!)}`];
  const someWereLost = told.length < operation.calls.length;
  return first.length === 0 && !someWereLost ? [`${nameOf(operation)} was told of nothing but replays`] : [];
}

/** Every operation has a key of its own. */
function reusedKey(operation: Operation): string[] {
  const reused = operation.calls.some(({ code }) => code === 'IDEMPOTENCY_KEY_REUSED');
  return reused ? [`${nameOf(operation)} was told that its key had been used for something else`] : [];
}

function definite({ calls }: Operation): Call[] {
  return calls.filter(({ verdict }) => verdict !== 'unknown');
}

/** Whether the shop keeps the answer under the key: done, or refused by what it found under its locks. */
function isOutcome({ verdict, status, code }: Call): boolean {
  return verdict === 'done' || status === 409 || (status === 404 && code !== 'NOT_FOUND');
}

function inWords({ status, replayed, answer, instance, began }: Call): string {
  const mark = replayed ? ' (replay)' : '';
  return `${status}${mark} ${JSON.stringify(answer)?.slice(0, 300)} by ${instance} at ${Math.round(began)} ms`;
}
