import type { Failpoint } from '../../libs/platform/src/failpoints/failpoint';
import type { Verdict } from './checkers/verdict';
import { ALL_FAULTS } from './nemesis/nemesis';

/** How much has to have happened for a storm to prove anything. */
export interface Gate {
  readonly minutes: number;
  readonly operations: number;
  readonly faults: number;
  readonly kinds: number;
  readonly hitsOfEachFailpoint: number;
}

export const GATES = {
  /** With every test run. */
  smoke: { minutes: 1.5, operations: 5_000, faults: 20, kinds: 6, hitsOfEachFailpoint: 1 },
  /** By hand, before a release. */
  full: {
    minutes: 20,
    operations: 100_000,
    faults: 400,
    kinds: new Set(ALL_FAULTS.map(({ kind }) => kind)).size,
    hitsOfEachFailpoint: 100,
  },
} as const satisfies Readonly<Record<string, Gate>>;

export type GateName = keyof typeof GATES;

/** What is missing, in words; nothing for a storm that was strong enough. */
export function missing(gate: Gate, verdict: Verdict, hits: Readonly<Record<Failpoint, number>>): string[] {
  const least = (what: string, seen: number, wanted: number): string[] =>
    seen < wanted ? [`too few ${what} to prove anything: ${seen} of ${wanted}`] : [];
  return [
    ...least('operations', verdict.operations, gate.operations),
    ...least('faults', verdict.faults, gate.faults),
    ...least('kinds of faults', Object.keys(verdict.faultsByKind).length, gate.kinds),
    ...Object.entries(hits).flatMap(([point, count]) => least(`hits of ${point}`, count, gate.hitsOfEachFailpoint)),
  ];
}
