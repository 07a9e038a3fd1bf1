import { Latencies } from '../../bench/load/latencies';
import { spreadOf } from '../../bench/report/statistics';

describe('latencies', () => {
  it('are told exactly, however many there are', () => {
    const latencies = new Latencies();
    for (let value = 10_000; value > 0; value--) latencies.add(value);

    expect([50, 99, 99.9, 100].map((percentage) => latencies.percentile(percentage))).toEqual([
      5_000, 9_900, 9_990, 10_000,
    ]);
  });

  it('are sorted again when more have come', () => {
    const latencies = new Latencies();
    latencies.add(3);
    expect(latencies.percentile(50)).toBe(3);
    latencies.add(1);
    latencies.add(2);

    expect(latencies.percentile(50)).toBe(2);
  });

  it('are zero of nothing', () => {
    expect(new Latencies().percentile(99)).toBe(0);
  });
});

describe('a spread', () => {
  it('has the middle of an odd number, and between the two middles of an even one', () => {
    expect(spreadOf([30, 10, 20])).toEqual({ median: 20, min: 10, max: 30 });
    expect(spreadOf([40, 10, 20, 30]).median).toBe(25);
  });

  it('is none of nothing', () => {
    expect(() => spreadOf([])).toThrow('nothing was measured');
  });
});
