export interface Moment {
  readonly at: number;
  readonly value: number;
}

/** Folds everything that came before a moment, or from a moment on, in logarithmic time. */
export class Timeline {
  private readonly times: Float64Array;
  /** At i: of the first i values. */
  private readonly before: Float64Array;
  /** At i: of the values from i on. */
  private readonly after: Float64Array;

  constructor(
    moments: readonly Moment[],
    fold: (a: number, b: number) => number,
    /** Of no values at all. */
    nothing: number,
  ) {
    const sorted = [...moments].sort((a, b) => a.at - b.at);
    this.times = Float64Array.from(sorted, ({ at }) => at);
    this.before = new Float64Array(sorted.length + 1).fill(nothing);
    this.after = new Float64Array(sorted.length + 1).fill(nothing);
    for (let i = 0; i < sorted.length; i++) this.before[i + 1] = fold(this.before[i]!, sorted[i]!.value);
    for (let i = sorted.length - 1; i >= 0; i--) this.after[i] = fold(this.after[i + 1]!, sorted[i]!.value);
  }

  /** Of what came earlier than `moment`. */
  until(moment: number): number {
    return this.before[this.countBefore(moment)]!;
  }

  /** Of what came at `moment` or later. */
  since(moment: number): number {
    return this.after[this.countBefore(moment)]!;
  }

  private countBefore(moment: number): number {
    let low = 0;
    let high = this.times.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.times[middle]! < moment) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
