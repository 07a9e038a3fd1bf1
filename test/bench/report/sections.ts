import type { Contender } from '../contenders';
import { keyOf, type Rehearsal } from '../measure/rehearsal';
import { type WorkName, workOf } from '../works';
import { count, percent } from './figures';
import { beside, type Row } from './summary';

/** A table in Markdown. */
export function tableOf(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...lines.map(line)].join('\n');
}

const YARDSTICKS: readonly Contender[] = ['a', 'a2', 'b', 'c'];

/** What was measured, one section a work. */
export function sectionsOf(rows: readonly Row[], statements: Rehearsal['statements']): string {
  const works = [...new Set(rows.map(({ work }) => work))];
  return works.map((work) => sectionOf(work, rows, statements)).join('\n\n');
}

function sectionOf(work: WorkName, rows: readonly Row[], statements: Rehearsal['statements']): string {
  const { title, contenders } = workOf(work);
  const shop = rows.filter((row) => row.work === work && row.contender === 'shop');
  const yardsticks = YARDSTICKS.filter((contender) => (contenders as readonly Contender[]).includes(contender));
  return [
    `### ${title}`,
    '',
    tableOf(
      [
        'callers',
        'a second (min..max)',
        'p50 / p99 / p99.9 ms',
        'p99/p50',
        'CPU shop + PostgreSQL + load',
        'RSS',
        'statements',
        'commits',
        'batch',
        ...yardsticks.map((yardstick) => `x ${yardstick}`),
      ],
      shop.map((row) => {
        const counted = statements.get(keyOf(row));
        return [
          String(row.callers),
          rateOf(row),
          [row.p50, row.p99, row.p999].map(milliseconds).join(' / '),
          (row.p99 / row.p50).toFixed(1),
          [row.service, row.postgres, row.load].map(percent).join(' + '),
          `${Math.round(row.memory / 1_048_576)} MB`,
          counted ? counted.each.toFixed(2) : '',
          row.commits.toFixed(3),
          counted?.batch ? counted.batch.toFixed(1) : '',
          ...yardsticks.map((yardstick) => ratioOf(row, beside(rows, row, yardstick))),
        ];
      }),
    ),
    '',
    tableOf(
      ['callers', ...yardsticks.map((yardstick) => `${yardstick}: a second (min..max), p50 / p99 ms`)],
      shop.map((row) => [
        String(row.callers),
        ...yardsticks.map((yardstick) => {
          const other = beside(rows, row, yardstick);
          return other ? `${rateOf(other)}, ${milliseconds(other.p50)} / ${milliseconds(other.p99)}` : '';
        }),
      ]),
    ),
  ].join('\n');
}

function ratioOf(row: Row, other: Row | undefined): string {
  return other && other.rate.median > 0 ? (row.rate.median / other.rate.median).toFixed(2) : '';
}

function rateOf({ rate: { median, min, max } }: Row): string {
  return `${count(median)} (${count(min)}..${count(max)})`;
}

function milliseconds(value: number): string {
  return value < 10 ? value.toFixed(2) : value.toFixed(0);
}
