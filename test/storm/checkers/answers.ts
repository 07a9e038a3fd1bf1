import type { Call } from '../history';
import type { Evidence } from './evidence';
import { textIn } from './fields';

/** The only 5xx that are promised: come again with the same key. */
const COME_AGAIN: ReadonlySet<string | undefined> = new Set(['OVERLOADED', 'DEPENDENCY_UNAVAILABLE']);

const OURS_ALONE =
  /ECONN|EPIPE|ETIMEDOUT|SQLSTATE|duplicate key|deadlock detected|violates|relation "|\bpg_|QueryFailedError|TypeORM|ioredis|terminating connection|at Object\.|node_modules|\.js:\d+/;

const UNCAUGHT = /unhandledRejection|uncaughtException|An error that nobody caught/;

/**
 * Checker 8: no bugs, no refusal without a code, nothing of the inside, no process that ends by itself, and no two
 * transactions that wait for each other: the shop would run one again, and nobody would see that locks have no order.
 */
export function answers({ calls, logs, databaseLog, unexpectedExits }: Evidence): string[] {
  const deadlocks = databaseLog.split('deadlock detected').length - 1;
  return [
    ...calls.flatMap((call) => problemsOf(call).map((problem) => `${nameOf(call)} ${problem}`)),
    ...Object.entries(logs).flatMap(([instance, log]) => uncaughtIn(log).map((line) => `log of ${instance}: ${line}`)),
    ...(deadlocks > 0 ? [`the database broke up ${deadlocks} deadlocks`] : []),
    ...unexpectedExits.map((exit) => `a process ended by itself: ${exit}`),
  ];
}

function problemsOf(call: Call): string[] {
  const { status, code, answer, expected, verdict } = call;
  if (status === undefined) return [];
  const problems: string[] = [];
  if (status >= 500 && !COME_AGAIN.has(code)) problems.push(`a bug: ${inWords(answer)}`);
  if (status >= 400 && textIn(answer, 'code') === undefined)
    problems.push(`a refusal without a code: ${inWords(answer)}`);
  if (leaks(call)) problems.push(`something of the inside: ${inWords(answer)}`);
  if (expected !== undefined && verdict !== 'unknown' && status !== expected) {
    problems.push(`not ${expected}: ${inWords(answer)}`);
  }
  return problems;
}

/** Of what was asked for, only text that is no JSON, as names of products may be anything; and no word that is only an echo. */
function leaks({ status = 0, answer, path, body }: Call): boolean {
  if (status < 400 && typeof answer !== 'string') return false;
  const told = inWords(answer, Number.POSITIVE_INFINITY).replaceAll('\\"', '"');
  const leak = OURS_ALONE.exec(told)?.[0];
  return leak !== undefined && !`${path} ${JSON.stringify(body)}`.includes(leak);
}

function uncaughtIn(log: string): string[] {
  if (!UNCAUGHT.test(log)) return [];
  return log
    .split('\n')
    .filter((line) => UNCAUGHT.test(line))
    .map((line) => line.slice(0, 300));
}

function nameOf({ operation, action, userId, method, path, instance, status }: Call): string {
  return `operation ${operation} (${action}, ${userId}, ${method} ${path}) got ${status} of ${instance},`;
}

function inWords(answer: unknown, length = 300): string {
  return (JSON.stringify(answer) ?? 'nothing').slice(0, length);
}
