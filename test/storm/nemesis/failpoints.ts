import type { Failpoint } from '../../../libs/platform/src/failpoints/failpoint';

const POINTS: Readonly<Record<Failpoint, string>> = {
  'before-begin': 'K1',
  'before-commit': 'K2',
  'commit-sent': 'K3',
  'before-answer': 'K4, K5',
  'before-relay': 'K6',
  sent: 'K7',
};

/** All of them, in the order in which a write and its event pass them. */
export const FAILPOINTS = Object.keys(POINTS) as readonly Failpoint[];

/** As they are called in docs/reliability.md. */
export function labelOf(point: Failpoint): string {
  return `${POINTS[point]} ${point}`;
}
