import { reportOf } from '../../bench/report/report';
import { summarize } from '../../bench/report/summary';
import { svgOf } from '../../bench/report/svg';
import { optionsOf, row } from './rows';

const usage = { service: 0.5, postgres: 0.4, load: 0.1, memory: 104_857_600, commits: 10 };
const measured = { work: 'charge', callers: 64, contender: 'shop', seconds: 1, p50: 2, p99: 5, p999: 8 } as const;
const others = { doneInAll: 0, paid: 0, answerSize: 120, knownTokens: 1, usage };

describe('the summary', () => {
  it('has medians of the rounds, and the rate with its ends', () => {
    const rounds = [100, 400, 200].map((done) => ({ ...measured, ...others, done }));

    const [summary, ...more] = summarize(rounds);

    expect(more).toEqual([]);
    expect(summary).toMatchObject({ rate: { median: 200, min: 100, max: 400 }, commits: 0.05, p99: 5 });
  });

  it('keeps apart what differs in work, callers or contender', () => {
    const one = { ...measured, ...others, done: 1 };

    const rows = summarize([one, { ...one, callers: 8 }, { ...one, contender: 'a' }, { ...one, work: 'coupon' }]);

    expect(rows).toHaveLength(4);
  });
});

describe('the report', () => {
  const measures = [
    { ...measured, ...others, done: 2_000, round: 0 },
    { ...measured, ...others, done: 500, round: 0, contender: 'a' as const },
  ];
  const machine = {
    cores: 2,
    processor: 'a processor',
    memory: 24,
    system: 'Linux',
    node: 'v20',
    postgres: { server_version: '18', fsync: 'on' },
    flush: 147,
    busyBefore: 3,
  };
  const { text } = reportOf({
    options: optionsOf(),
    command: 'npm run bench',
    machine,
    rehearsal: { statements: new Map([['charge with 64', { each: 0.25, batch: 32 }]]), sizes: new Map() },
    measures,
    failures: ['c at payment with 64: answered with 503'],
    seconds: 100,
    verifications: [{ contender: 'c', held: 20, violated: ['balance.sum 1 times'] }],
  });

  it('has the ratio to each yardstick, and what one request costs the database', () => {
    const cells = /^\| 64 \|.*$/m.exec(text)?.[0].split(' | ');

    expect(cells).toEqual(
      [
        '| 64',
        '2,000 (2,000..2,000)',
        '2.00 / 5.00 / 8.00',
        '2.5',
        '50 % + 40 % + 10 %',
        '100 MB',
        '0.25',
        '0.005',
      ].concat(['32.0', '4.00', '', '', ' |']),
    );
  });

  it.each([
    /fsync on/,
    /147 us/,
    /charge.*x a \| at least 2.5 \| 4.00 \| yes/,
    /c: VIOLATED balance.sum/,
    /1 measures FAILED.*\n\n- c at payment/,
  ])('says %s', (fact) => {
    expect(text).toMatch(fact);
  });
});

describe('the drawing', () => {
  it('has a line for each contender over all callers, the faster the higher', () => {
    const drawing = svgOf([
      row({ work: 'charge', callers: 1, contender: 'shop' }, 100),
      row({ work: 'charge', callers: 64, contender: 'shop' }, 1_000),
      row({ work: 'charge', callers: 1, contender: 'a' }, 50),
      row({ work: 'charge', callers: 64, contender: 'a' }, 200),
    ]);

    const lines = [...drawing.matchAll(/<polyline points="([^"]*)"/g)].map(([, points = '']) =>
      points.split(' ').map((point) => point.split(',').map(Number)),
    );

    expect(lines).toHaveLength(2);
    const [[shopFirst, shopLast], [, sqlLast]] = lines as [number[][], number[][]];
    expect(shopLast![0]).toBeGreaterThan(shopFirst![0]!);
    expect(shopLast![1]).toBeLessThan(sqlLast![1]!);
  });

  it('can show a single count of callers', () => {
    expect(svgOf([row({ work: 'page', callers: 64, contender: 'shop' })])).not.toMatch(/NaN|Infinity/);
  });
});
