import type { BenchOptions } from '../bench-options';
import { CONTENDERS } from '../contenders';
import type { Machine } from '../measure/machine';
import type { Measure } from '../measure/meter';
import type { Rehearsal } from '../measure/rehearsal';
import type { Verification } from '../measure/verification';
import { SETTINGS } from '../world/settings';
import { percent } from './figures';
import { judge, type Verdict } from './goals';
import { machineText } from './machine-text';
import { type Noise, noiseOf } from './noise';
import { sectionsOf, tableOf } from './sections';
import { type Row, summarize } from './summary';

export interface Run {
  readonly options: BenchOptions;
  readonly command: string;
  readonly machine: Machine;
  readonly rehearsal: Rehearsal;
  readonly measures: readonly (Measure & { readonly round: number })[];
  /** Measures that came to nothing, and why. */
  readonly failures: readonly string[];
  readonly verifications: readonly Verification[];
  /** From the start of the program to this report. */
  readonly seconds: number;
}

export interface Report {
  readonly rows: readonly Row[];
  readonly verdicts: readonly Verdict[];
  readonly noise: Noise | undefined;
  /** In Markdown, as it can go into a document. */
  readonly text: string;
}

export function reportOf(run: Run): Report {
  const rows = summarize(run.measures);
  const verdicts = judge(rows);
  const noise = noiseOf(rows);
  const parts = [
    `\`${run.command}\``,
    ...(run.failures.length > 0 ? [failuresText(run.failures)] : []),
    machineText(run.machine, noise),
    howText(run, rows),
    sectionsOf(rows, run.rehearsal.statements),
    goalsText(verdicts),
    booksText(run.verifications),
  ];
  return { rows, verdicts, noise, text: parts.join('\n\n') };
}

function failuresText(failures: readonly string[]): string {
  return [
    `**${failures.length} measures FAILED** and are missing below:`,
    '',
    ...failures.map((line) => `- ${line}`),
  ].join('\n');
}

function howText({ options, measures, seconds }: Run, rows: readonly Row[]): string {
  const rounds = new Set(measures.map(({ round }) => round)).size;
  const settings = Object.entries(SETTINGS).map(([name, value]) => `${name}=${value}`);
  const rush = rows.filter(({ work, contender }) => work === 'coupon' && contender === 'shop');
  const known = rush.map(({ callers, knownTokens }) => `${percent(knownTokens)} with ${callers}`).join(', ');
  const yardsticks = Object.entries(CONTENDERS).map(([name, what]) => `- ${name}: ${what}`);
  return [
    `${measures.length} measures of ${options.seconds} s, each after ${options.warmUp} s that do not count; ${rounds} of ${options.rounds} rounds, medians;`,
    `${seconds} s in all.`,
    'Contenders come in turn within a round, and each round begins with another one.',
    `The shop is told ${settings.join(', ')}. Every write has a fresh idempotency key and a real token (HS256). The shop`,
    `remembers the tokens of all customers; of those who come for the coupon: ${known || 'not measured'} callers.`,
    '',
    ...yardsticks,
    '',
    'CPU in percent of one core. Statements include BEGIN and COMMIT, and what the background does meanwhile. Commits are',
    'transactions that wrote. Batch: commands in one transaction, on average.',
  ].join('\n');
}

function goalsText(verdicts: readonly Verdict[]): string {
  const measured = verdicts.filter(({ reached }) => reached !== undefined);
  const lines = measured.map(({ what, wanted, reached, ok }) => [what, wanted, reached!.toFixed(2), ok ? 'yes' : 'NO']);
  const reached = measured.filter(({ ok }) => ok).length;
  const unmeasured = verdicts.length - measured.length;
  return [
    `### Goals: ${reached} of ${measured.length} reached${unmeasured > 0 ? `, ${unmeasured} not measured` : ''}`,
    '',
    tableOf(['goal', 'wanted', 'measured', 'reached'], lines),
  ].join('\n');
}

function booksText(verifications: readonly Verification[]): string {
  const lines = verifications.map(({ contender, held, violated }) => {
    const name = contender === 'a' ? 'a and a2' : contender;
    return violated.length === 0 ? `${name}: all ${held} checks hold` : `${name}: VIOLATED ${violated.join('; ')}`;
  });
  return `The books afterwards, by the shop's own audit: ${lines.join('. ')}.`;
}
