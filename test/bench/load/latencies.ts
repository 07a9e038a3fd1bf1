/** Milliseconds of each of many requests, exactly: no bucket blurs the rare slow ones. */
export class Latencies {
  private values = new Float64Array(4_096);
  private isSorted = true;
  count = 0;

  add(milliseconds: number): void {
    if (this.count === this.values.length) {
      const larger = new Float64Array(2 * this.count);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.count++] = milliseconds;
    this.isSorted = false;
  }

  /** The least value that so many percent are not above; zero of none. */
  percentile(percentage: number): number {
    if (this.count === 0) return 0;
    if (!this.isSorted) this.values.subarray(0, this.count).sort();
    this.isSorted = true;
    // Less a grain, for 99.9 is not exactly what it says.
    const rank = Math.ceil((percentage * this.count) / 100 - 1e-9);
    return this.values[Math.max(0, rank - 1)]!;
  }
}
