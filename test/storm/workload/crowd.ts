import type { Random } from '../random';
import { GivenUpError, type Operations } from './operation';
import type { Pace } from './pace';
import { CREW, type Script } from './scripts';
import { Shopper } from './shopper';
import type { Stage } from './stage';

/** All clients of a storm, each at its script until they are told to go home. */
export class Crowd {
  /** What made a client stop that had not been told to: a mistake of the storm's own. */
  readonly problems: string[] = [];
  private leaving = false;
  private readonly rounds: Promise<void>[] = [];

  constructor(
    private readonly stage: Stage,
    private readonly operations: Operations,
    private readonly random: Random,
    private readonly pace: Pace,
  ) {}

  start(): void {
    for (const { name, count, script } of CREW) {
      for (let i = 0; i < count; i++) {
        const own = this.random.fork();
        const shopper = new Shopper(`${name}-${i}`, this.stage, own, this.operations, this.pace);
        this.rounds.push(this.goOn(shopper, script));
      }
    }
  }

  /** Ends each client's round. */
  async stop(): Promise<void> {
    this.leaving = true;
    await Promise.all(this.rounds);
  }

  private async goOn(shopper: Shopper, script: Script): Promise<void> {
    while (!this.leaving) {
      try {
        await script(shopper);
      } catch (error) {
        if (error instanceof GivenUpError) return;
        this.problems.push(`${shopper.name}: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
        return;
      }
    }
  }
}
