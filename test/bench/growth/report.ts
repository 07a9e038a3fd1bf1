import type { FlowTimings, Timing } from './flows';
import type { JobTimings } from './jobs';

/** All figures of one size. */
export interface Growth {
  readonly orders: number;
  /** Seconds. */
  readonly seeding: number;
  /** Bytes of the database. */
  readonly bytes: number;
  readonly jobs: JobTimings;
  readonly flows: FlowTimings;
}

/** A table in Markdown: a row for each figure, a column for each size. */
export function describeGrowth(sizes: readonly Growth[]): string {
  const row = (name: string, figure: (growth: Growth) => string) => `| ${[name, ...sizes.map(figure)].join(' | ')} |`;
  const flows = Object.keys(sizes[0]?.flows ?? {});
  const checks = Object.keys(sizes[0]?.jobs.checks ?? {});
  return [
    row('', ({ orders }) => `${orders.toLocaleString('en-US')} orders`),
    `|---|${sizes.map(() => '---:|').join('')}`,
    row('database', ({ bytes }) => `${(bytes / 1e9).toFixed(1)} GB`),
    row('seeding', ({ seeding }) => `${seeding.toFixed(0)} s`),
    row('ranking', ({ jobs }) => `${median(jobs.rankings).toFixed(0)} ms`),
    row('audit', ({ jobs }) => `${jobs.audit.toFixed(1)} s${jobs.ok ? '' : ', VIOLATED'}`),
    ...checks.map((check) => row(`- ${check}`, ({ jobs }) => `${jobs.checks[check]?.toFixed(1)} s`)),
    ...flows.flatMap((flow) => [
      row(`${flow}, 1 caller`, (growth) => told(growth.flows[flow]?.alone)),
      row(`${flow}, 8 callers`, (growth) => told(growth.flows[flow]?.loaded)),
    ]),
    '',
  ].join('\n');
}

function told(timing: Timing | undefined): string {
  if (!timing) return '';
  return `${timing.perSecond.toFixed(0)}/s, ${timing.p50.toFixed(1)} / ${timing.p99.toFixed(1)} ms`;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
