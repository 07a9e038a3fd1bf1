import { tableOf } from '../report/sections';
import { medianOf } from '../report/statistics';
import type { FlowTimings, Timing } from './flows';
import type { AuditTimings } from './jobs';

/** All figures of one size. */
export interface Growth {
  readonly orders: number;
  /** Seconds. */
  readonly seeding: number;
  /** Bytes of the database. */
  readonly bytes: number;
  /** Milliseconds. */
  readonly rankings: readonly number[];
  readonly audits: AuditTimings;
  readonly flows: FlowTimings;
}

/** A table in Markdown: a row for each figure, a column for each size. */
export function describeGrowth(sizes: readonly Growth[]): string {
  const row = (name: string, figure: (growth: Growth) => string) => [name, ...sizes.map(figure)];
  const flows = Object.keys(sizes[0]?.flows ?? {});
  const checks = Object.keys(sizes[0]?.audits.checks ?? {});
  const head = row('', ({ orders }) => `${orders.toLocaleString('en-US')} orders`);
  return tableOf(head, [
    row('database', ({ bytes }) => `${(bytes / 1e9).toFixed(1)} GB`),
    row('seeding', ({ seeding }) => `${seeding.toFixed(0)} s`),
    row('ranking', ({ rankings }) => `${medianOf(rankings).toFixed(0)} ms`),
    row('audit in parts', ({ audits }) => `${medianOf(audits.inParts).toFixed(1)} s`),
    row('audit of the whole', ({ audits }) => `${wholeOf(audits).toFixed(1)} s${audits.ok ? '' : ', VIOLATED'}`),
    ...checks.map((check) => row(`- ${check}`, ({ audits }) => `${audits.checks[check]?.toFixed(1)} s`)),
    ...flows.flatMap((flow) => [
      row(`${flow}, 1 caller`, (growth) => told(growth.flows[flow]?.alone)),
      row(`${flow}, 8 callers`, (growth) => told(growth.flows[flow]?.loaded)),
    ]),
  ]);
}

function wholeOf({ checks }: AuditTimings): number {
  return Object.values(checks).reduce((sum, seconds) => sum + seconds, 0);
}

function told(timing: Timing | undefined): string {
  if (!timing) return '';
  return `${timing.perSecond.toFixed(0)}/s, ${timing.p50.toFixed(1)} / ${timing.p99.toFixed(1)} ms`;
}
