import { CONTENDERS, type Contender } from '../contenders';
import { type WorkName, workOf } from '../works';
import type { Row } from './summary';

const COLOURS: Readonly<Record<Contender, string>> = {
  shop: '#d62728',
  a: '#1f77b4',
  a2: '#17a2b8',
  b: '#7f7f7f',
  c: '#ff9f40',
};

/** Of one chart, in pixels. */
const CHART = { width: 300, height: 210, left: 52, right: 12, top: 30, bottom: 28 };
const COLUMNS = 3;
const LEGEND = 34;

/** The curves of throughput over callers, one chart a work; callers on a logarithmic scale. */
export function svgOf(rows: readonly Row[]): string {
  const works = [...new Set(rows.map(({ work }) => work))];
  const columns = Math.min(COLUMNS, works.length);
  const width = columns * CHART.width;
  const height = LEGEND + Math.ceil(works.length / COLUMNS) * CHART.height;
  const charts = works.map((work, place) => {
    const [x, y] = [(place % COLUMNS) * CHART.width, LEGEND + Math.floor(place / COLUMNS) * CHART.height];
    return `<g transform="translate(${x} ${y})">${chartOf(
      work,
      rows.filter((row) => row.work === work),
    )}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="11"><title>Throughput over callers</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    legendOf(rows),
    ...charts,
    '</svg>',
    '',
  ].join('\n');
}

function chartOf(work: WorkName, rows: readonly Row[]): string {
  const { width, height, left, right, top, bottom } = CHART;
  const callers = [...new Set(rows.map((row) => row.callers))].sort((a, b) => a - b);
  const most = niceAbove(Math.max(...rows.map(({ rate }) => rate.median)));
  const [first = 1, last = 1] = [callers[0], callers.at(-1)];
  const x = (count: number): number =>
    first === last ? left : left + ((width - left - right) * Math.log(count / first)) / Math.log(last / first);
  const y = (rate: number): number => height - bottom - ((height - top - bottom) * rate) / most;
  const levels = [0, most / 2, most].map((rate) => {
    const label = text(left - 6, y(rate) + 4, rate.toLocaleString('en-US'), 'text-anchor="end" fill="#666"');
    return `<path d="M${left} ${round(y(rate))}H${width - right}" stroke="#ddd"/>${label}`;
  });
  const ticks = callers.map((count) =>
    text(x(count), height - bottom + 15, String(count), 'text-anchor="middle" fill="#666"'),
  );
  const lines = contendersOf(rows).map((contender) => {
    const points = rows
      .filter((row) => row.contender === contender)
      .sort((a, b) => a.callers - b.callers)
      .map(({ callers: count, rate }) => `${round(x(count))},${round(y(rate.median))}`);
    const thickness = contender === 'shop' ? 2.5 : 1.5;
    const dots = points.map(
      (point) => `<circle cx="${point.replace(',', '" cy="')}" r="2" fill="${COLOURS[contender]}"/>`,
    );
    return `<polyline points="${points.join(' ')}" fill="none" stroke="${COLOURS[contender]}" stroke-width="${thickness}"/>${dots.join('')}`;
  });
  return [text(left, 18, `${workOf(work).title} (a second)`, 'font-weight="bold"'), ...levels, ...ticks, ...lines].join(
    '',
  );
}

function legendOf(rows: readonly Row[]): string {
  return contendersOf(rows)
    .map((contender, place) => {
      const x = 12 + place * 58;
      const mark = `<path d="M${x} 16h16" stroke="${COLOURS[contender]}" stroke-width="3"/>`;
      return mark + text(x + 20, 20, contender, '');
    })
    .join('');
}

function contendersOf(rows: readonly Row[]): Contender[] {
  return (Object.keys(CONTENDERS) as Contender[]).filter((name) => rows.some(({ contender }) => contender === name));
}

/** The next of 1, 2, 5, 10, 20... */
function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return [1, 2, 5, 10].map((step) => step * power).find((nice) => nice >= value) ?? 10 * power;
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${round(x)}" y="${round(y)}" ${attributes}>${content}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
