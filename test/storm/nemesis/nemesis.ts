import { setTimeout as pause } from 'node:timers/promises';
import type { History, InstanceName } from '../history';
import type { Random } from '../random';
import type { World } from '../world/world';
import { Deck } from './deck';
import { FAILPOINTS } from './failpoints';
import type { Fault } from './fault';
import { INSTANCE_FAULTS } from './instance-faults';
import { NEIGHBOUR_FAULTS } from './neighbour-faults';
import { POSTGRES_FAULTS } from './postgres-faults';
import type { Rate } from './rate';
import { WIRE_FAULTS } from './wire-faults';

/** What takes the shop itself away, and what takes those away that it can do without. */
const SERIOUS: readonly Fault[] = [...POSTGRES_FAULTS, ...INSTANCE_FAULTS, ...WIRE_FAULTS];
export const ALL_FAULTS: readonly Fault[] = [...SERIOUS, ...NEIGHBOUR_FAULTS];

const INSTANCES: readonly InstanceName[] = ['A', 'B'];

/** Milliseconds after which the next fault strikes even though the shop is not back yet. */
const LONGEST_WAIT = 6_000;
/** Of 1: how often a second fault strikes together with the first, and whether it is a serious one too. */
const TOGETHER = 0.7;
const BOTH_SERIOUS = 0.2;

/** Breaks things, one or two at a time, until it is stopped; every fault comes up before one comes twice too often. */
export class Nemesis {
  readonly problems: string[] = [];
  private stopping = false;
  private readonly running: Promise<unknown>[] = [];
  private readonly serious: Deck<Fault>;
  private readonly minor: Deck<Fault>;

  /** `faults`: those of them that are to strike. */
  constructor(
    private readonly world: World,
    private readonly history: History,
    private readonly rate: Rate,
    private readonly random: Random,
    private readonly faults: readonly Fault[] = ALL_FAULTS,
  ) {
    this.serious = new Deck(cardsOf(faults.filter((fault) => !NEIGHBOUR_FAULTS.includes(fault))), random.fork());
    this.minor = new Deck(cardsOf(faults.filter((fault) => NEIGHBOUR_FAULTS.includes(fault))), random.fork());
  }

  start(): void {
    this.running.push(this.strikeOnAndOn());
    // Who wants some faults only wants to see what those do.
    if (this.faults === ALL_FAULTS) this.running.push(this.armOnAndOn(this.random.fork()));
  }

  /** Begins nothing more, and waits for what has begun. */
  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.running);
  }

  private async strikeOnAndOn(): Promise<void> {
    while (!this.stopping) {
      const faults = this.draw();
      const notes = await Promise.all(faults.map((fault) => this.strike(fault)));
      const healed = performance.now();
      const recovered = await this.recovered();
      for (const note of notes) this.history.addFault({ ...note, healed, ...(recovered && { recovered }) });
      await pause(this.random.between(100, 500));
    }
  }

  private draw(): Fault[] {
    const first = this.serious.draw() ?? this.minor.draw();
    if (!first) return [];
    if (!this.random.chance(TOGETHER)) return [first];
    const second = (this.random.chance(BOTH_SERIOUS) ? this.serious : this.minor).draw();
    return second && second.target !== first.target ? [first, second] : [first];
  }

  private async strike({ name, kind, strike }: Fault): Promise<{ fault: string; kind: string; began: number }> {
    const instance = this.random.pick(INSTANCES);
    const began = performance.now();
    try {
      await strike({
        world: this.world,
        random: this.random.fork(),
        instance,
        report: (problem) => this.problems.push(problem),
      });
    } catch (error) {
      // A fault may meet what another one has left behind; what must hold is asked of the shop, not of the fault.
      await this.world.heal();
      this.problems.push(...unlessExpected(name, error));
    }
    return { fault: name, kind, began };
  }

  /** Arms a failpoint a second or so, beside the faults: a connection cut at the worst moment hurts one batch only. */
  private async armOnAndOn(random: Random): Promise<void> {
    while (!this.stopping) {
      const instance = this.world.instances[random.pick(INSTANCES)];
      if (instance.isRunning) instance.arm(random.pick(FAILPOINTS), 'cut');
      await pause(random.between(200, 700));
    }
  }

  /** When the shop does what it usually does again; undefined when that takes too long. */
  private async recovered(): Promise<number | undefined> {
    const deadline = performance.now() + LONGEST_WAIT;
    const since = performance.now();
    while (!this.stopping && performance.now() < deadline) {
      if (this.rate.isUsualSince(since)) return performance.now();
      await pause(20);
    }
    // Who is told to stop does not know: the end of the storm waits for everything anyway.
    return this.stopping ? since : undefined;
  }
}

function cardsOf(faults: readonly Fault[]): Fault[] {
  return faults.flatMap((fault) => Array<Fault>(fault.weight).fill(fault));
}

/** A connection of the storm's own that dies while the database is killed is no problem of anybody. */
function unlessExpected(name: string, error: unknown): string[] {
  const text = String(error);
  return /terminat|ECONN|starting up|shutting down|recovery mode|too many clients/i.test(text)
    ? []
    : [`${name}: ${text}`];
}
