/** What has to be ended, the last one first. */
export class Ending {
  private readonly steps: (() => unknown)[] = [];

  add(step: () => unknown): void {
    this.steps.push(step);
  }

  /** Whatever opens will be closed. */
  async keep<T extends { close(): unknown }>(opening: Promise<T>): Promise<T> {
    const part = await opening;
    this.add(() => part.close());
    return part;
  }

  /** Never rejects: what does not end by itself is ended with this program, by its guard or by the leash. */
  async run(): Promise<void> {
    for (let step = this.steps.pop(); step; step = this.steps.pop()) {
      try {
        await step();
      } catch {
        // The others are to be ended all the same.
      }
    }
  }
}
