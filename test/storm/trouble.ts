import type { History } from './history';
import type { Inspector } from './inspector';

/** What can be seen to be wrong while the storm still rages; undefined for nothing yet. */
export function firstTrouble({ calls }: History, { reports }: Inspector): string | undefined {
  for (const { checks } of reports) {
    const violated = checks.find(({ violations }) => violations > 0);
    if (violated) return `audit: ${violated.name}`;
  }
  const bug = calls.findLast(({ status }) => status === 500);
  if (bug) return `answer of 500 to ${bug.action}`;
  const noise = calls.findLast(
    ({ action, verdict, status, expected }) => action === 'noise' && verdict !== 'unknown' && status !== expected,
  );
  return noise && `${noise.method} ${noise.path} answered ${noise.status}, not ${noise.expected}`;
}
