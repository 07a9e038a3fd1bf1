import type { Verdict } from './verdict';

const WIDTH = 100;

/** What else is worth a line: the seed, how long it took, the versions. */
export type Facts = Readonly<Record<string, string | number>>;

/** The verdict for people, as plain text in columns: in a terminal, in a log, in a code block of a document. */
export function describeVerdict(verdict: Verdict, facts: Facts = {}): string {
  const { recovery, checkers } = verdict;
  const rows: (readonly [string, string])[] = [
    ...Object.entries(facts).map(([name, fact]) => [name, count(fact)] as const),
    ['operations', `${count(verdict.operations)} (${count(verdict.writes)} writes, ${count(verdict.reads)} reads)`],
    ['HTTP calls', `${count(verdict.calls)}, with ${count(verdict.noise)} of noise`],
    ['faults', count(verdict.faults)],
    ...Object.entries(verdict.faultsByKind).map(([kind, times]) => [`  ${kind}`, count(times)] as const),
    ['unknown outcomes resolved', count(verdict.unknownResolved)],
    ['replays seen', count(verdict.replays)],
    ['lost', count(verdict.lost)],
    ['double', count(verdict.double)],
    ['unasked for', count(verdict.unasked)],
    ['left open', count(verdict.open)],
    ['answers of 500', count(verdict.bugs)],
    ['answers of 5xx', count(Object.values(verdict.unavailable).reduce((sum, times) => sum + times, 0))],
    ...Object.entries(verdict.unavailable).map(([code, times]) => [`  ${code}`, count(times)] as const),
    ['recovery p50, p99', `${milliseconds(recovery.p50)}, ${milliseconds(recovery.p99)}`],
    ['audits', `${count(verdict.auditRuns)}, with ${count(verdict.violations)} violations`],
    ...checkers.map(({ number, name, problems }) => [`checker ${number}, ${name}`, outcome(problems)] as const),
    ['verdict', verdict.ok ? 'nothing lost, nothing twice' : 'BROKEN'],
  ];
  const column = Math.max(...rows.map(([name]) => name.length)) + 2;
  const table = rows.flatMap(([name, value]) => wrapped(name.padEnd(column) + value, column));
  return [...table, ...problemLines(verdict)].join('\n');
}

function problemLines({ checkers }: Verdict): string[] {
  return checkers
    .filter(({ problems }) => problems.length > 0)
    .flatMap(({ number, name, problems }) => [
      '',
      `${number} ${name}`,
      ...problems.flatMap((problem) => wrapped(`- ${problem}`, 2)),
    ]);
}

function outcome(problems: readonly string[]): string {
  return problems.length === 0 ? 'ok' : 'BROKEN, see below';
}

function count(value: string | number): string {
  return typeof value === 'number' ? value.toLocaleString('en-US') : value;
}

function milliseconds(value: number | undefined): string {
  if (value === undefined) return 'none';
  return Number.isFinite(value) ? `${count(Math.round(value))} ms` : 'never';
}

/** Continues a line that is too long below its beginning. */
function wrapped(line: string, indent: number): string[] {
  const lines: string[] = [];
  for (let rest = line; ; ) {
    if (rest.length <= WIDTH) return [...lines, rest];
    const space = rest.lastIndexOf(' ', WIDTH);
    const end = space > indent ? space : WIDTH;
    lines.push(rest.slice(0, end));
    rest = ' '.repeat(indent) + rest.slice(end).trimStart();
  }
}
