import { AggregatorRegistry, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { GatheredMetrics } from '../../../libs/platform/src/metrics/gathered-metrics';
import type { MetricsMessage } from '../../../libs/platform/src/metrics/metrics-messages';

/** A process that counts, and says so when it is asked. */
class Process {
  readonly heard: Partial<MetricsMessage>[] = [];
  isMute = false;
  private readonly registry = new Registry();
  private readonly sales = new Counter({ name: 'sales', help: 'Sales', registers: [this.registry] });
  private readonly open = new Gauge({ name: 'open', help: 'Open', registers: [this.registry] });
  private readonly times = new Histogram({ name: 'times', help: 'Times', buckets: [1], registers: [this.registry] });

  constructor(
    readonly id: number,
    private readonly answer: (from: Process, message: MetricsMessage) => void,
  ) {}

  sell(count: number): this {
    this.sales.inc(count);
    this.open.set(1);
    this.times.observe(0.5);
    return this;
  }

  audited(at: number, violations: number): this {
    const registers = [this.registry];
    new Gauge({ name: 'shop_audit_timestamp_seconds', help: 'At', aggregator: 'max', registers }).set(at);
    new Gauge({ name: 'shop_invariant_violations', help: 'Of', labelNames: ['check'], registers }).set(
      { check: 'sum' },
      violations,
    );
    return this;
  }

  send(message: Partial<MetricsMessage>): void {
    this.heard.push(message);
    if ('count' in message && !this.isMute) void this.count(message.count!);
  }

  /** A copy: what it counts on with is its own. */
  private async count(counted: number): Promise<void> {
    this.answer(this, { counted, counts: structuredClone(await this.registry.getMetricsAsJSON()) });
  }
}

describe('the metrics of several processes', () => {
  let all: Process[];
  let metrics: GatheredMetrics;

  beforeEach(() => {
    metrics = new GatheredMetrics(() => all, 50);
    all = [1, 2].map((id) => new Process(id, (from, message) => metrics.hear(from, message)));
  });

  async function sumOf(series: string): Promise<number | undefined> {
    const lines = (await metrics.text()).split('\n');
    const line = lines.find((text) => text.startsWith(`${series} `));
    return line === undefined ? undefined : Number(line.slice(series.length));
  }

  it('are added up', async () => {
    all[0]!.sell(3);
    all[1]!.sell(4);

    expect(await sumOf('sales')).toBe(7);
    expect(await sumOf('open')).toBe(2);
    expect(await sumOf('times_bucket{le="1"}')).toBe(2);
    expect(await sumOf('times_count')).toBe(2);
  });

  it('answer the process that was scraped, by its number', async () => {
    all[1]!.sell(5);

    metrics.hear(all[0]!, { scrape: 7 });
    const text = await metrics.text();

    await new Promise(setImmediate);
    expect(all[0]!.heard.at(-1)).toEqual({ scraped: 7, text });
    expect(text).toContain('sales 5');
  });

  it('count on with what a process had counted that is gone, but not with what it had', async () => {
    const [gone, left] = [all[0]!.sell(3), all[1]!.sell(4)];
    await metrics.text();

    metrics.forget(gone);
    all = [left];

    expect(await sumOf('sales')).toBe(7);
    expect(await sumOf('times_count')).toBe(2);
    expect(await sumOf('open')).toBe(1);
    all.push(new Process(3, (from, message) => metrics.hear(from, message)).sell(1));
    expect(await sumOf('sales')).toBe(8);
  });

  it('take as long to add up however many are gone', async () => {
    const addUp = jest.spyOn(AggregatorRegistry, 'aggregate');
    for (let id = 3; id < 8; id += 1) {
      all[0] = new Process(id, (from, message) => metrics.hear(from, message)).sell(1);
      await metrics.text();
      metrics.forget(all[0]);
    }
    all = [];

    expect(await sumOf('sales')).toBe(5);
    expect(await sumOf('times_count')).toBe(5);
    expect(addUp.mock.lastCall?.[0].length).toBeLessThan(4);
    addUp.mockRestore();
  });

  it('wait for no process that has ended meanwhile', async () => {
    metrics = new GatheredMetrics(() => all, 60_000);
    const [ends, stays] = [all[0]!, all[1]!.sell(4)];
    ends.isMute = true;
    const text = metrics.text();

    metrics.forget(ends);

    expect(await text).toContain('sales 4');
    expect(stays.heard).toHaveLength(1);
  });

  it('know of a process that does not answer what it said last', async () => {
    all[0]!.sell(3);
    await metrics.text();
    all[0]!.isMute = true;
    all[0]!.sell(10);
    all[1]!.sell(4);

    expect(await sumOf('sales')).toBe(7);
  });

  it('tell of audits what the newest has found, whoever ran it', async () => {
    all[0]!.audited(1_000, 5);
    all[1]!.audited(2_000, 0);

    expect(await sumOf('shop_audit_timestamp_seconds')).toBe(2_000);
    expect(await sumOf('shop_invariant_violations{check="sum"}')).toBe(0);
  });
});
