/** What a finished step says about itself. */
export interface StepReport {
  /** What is there now, e.g. "PostgreSQL 18.4 (embedded)". */
  readonly title: string;
  /** Where it is or how much it was, e.g. "127.0.0.1:15432". */
  readonly detail?: string;
  readonly note?: string;
  /** What to do about a step that came out worse than it could: shown as a warning. */
  readonly warning?: string;
}

export interface Output {
  write(text: string): unknown;
  isTTY?: boolean;
  hasColors?(): boolean;
}

const GREEN = 32;
const YELLOW = 33;

/** Prints one line a step, with the time that it took. */
export class Steps {
  constructor(private readonly output: Output = process.stdout) {}

  /** Does the work and prints its line; a failure is the caller's. */
  async run<T>(work: () => Promise<T>, report: (result: T) => StepReport): Promise<T> {
    const began = performance.now();
    const result = await work();
    this.done(report(result), performance.now() - began);
    return result;
  }

  done({ title, detail = '', note = '', warning }: StepReport, ms?: number): void {
    const mark = warning === undefined ? this.paint(GREEN, '✔') : this.paint(YELLOW, '!');
    const time = ms === undefined ? '' : `${(ms / 1000).toFixed(1)} s`;
    const columns = [title.padEnd(30), detail.padEnd(18), time.padStart(6), note].join('  ').trimEnd();
    this.output.write(`${mark} ${columns}\n`);
    if (warning !== undefined) this.indented(warning);
  }

  private indented(text: string): void {
    for (const line of text.split('\n')) this.output.write(`    ${line}\n`);
  }

  /** `hasColors` also knows NO_COLOR. */
  private paint(colour: number, text: string): string {
    return this.output.isTTY && this.output.hasColors?.() ? `\u001b[${colour}m${text}\u001b[0m` : text;
  }
}
