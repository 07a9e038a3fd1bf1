import { setTimeout as pause } from 'node:timers/promises';
import type { Failpoint } from '../../libs/platform/src/failpoints/failpoint';
import type { Resources } from './checkers/evidence';
import { type Verdict, verdictOf } from './checkers/verdict';
import { hitsOf, readEvidence, resourcesOf } from './evidence-reader';
import { History } from './history';
import { Inspector } from './inspector';
import type { Fault } from './nemesis/fault';
import { ALL_FAULTS, Nemesis } from './nemesis/nemesis';
import { Rate } from './nemesis/rate';
import { drainOutbox } from './outbox-drain';
import { Random } from './random';
import { setStage } from './set-stage';
import type { StormOptions } from './storm-options';
import { firstTrouble } from './trouble';
import { StormClient } from './workload/client';
import { Crowd } from './workload/crowd';
import { Operations } from './workload/operation';
import { Pace } from './workload/pace';
import type { World } from './world/world';

/** Seconds: what is usual is learned for longer where more is judged by it, and a lucky moment would judge it wrong. */
const SHORT_CALM = 6;
const LONG_CALM = 20;
/** Seconds. */
const SETTLING = 60;
const DELIVERING = 90;
/** Milliseconds between two looks. */
const STEP = 200;

export interface StormReport {
  readonly verdict: Verdict;
  /** What the storm itself saw besides: of faults, of clients, of the outbox. */
  readonly problems: readonly string[];
  readonly hits: Readonly<Record<Failpoint, number>>;
  /** Operations a second before anything was broken. */
  readonly usualRate: number;
  /** How long things were broken. */
  readonly seconds: number;
  /** What was seen at once where the storm was to end with it. */
  readonly trouble?: string;
}

/** What a storm is doing, for those who watch. */
export interface Progress {
  readonly phase: 'calm' | 'storm' | 'settling' | 'checking';
  readonly secondsLeft: number;
  readonly calls: number;
  readonly faults: number;
  readonly open: number;
}

export interface Watching {
  tell(progress: Progress): void;
  /** Ends as soon as something is wrong, and waits for nothing long: to find a planted bug soon. */
  readonly isHunting?: boolean;
}

/** One storm over a world that is open: calm, storm, settling, judgement. */
export async function rage(
  world: World,
  file: string,
  options: StormOptions,
  watching: Watching,
): Promise<StormReport> {
  const history = new History(file);
  try {
    return await new Storm(world, history, options, watching).run();
  } finally {
    history.close();
  }
}

class Storm {
  private readonly random: Random;
  private readonly client: StormClient;
  private readonly operations: Operations;
  private readonly inspector: Inspector;
  private readonly rate: Rate;
  private readonly nemesis: Nemesis;
  private readonly faults: readonly Fault[];
  private seconds = 0;

  constructor(
    private readonly world: World,
    private readonly history: History,
    private readonly options: StormOptions,
    private readonly watching: Watching,
  ) {
    const { seed, only } = options;
    this.random = new Random(seed);
    this.client = new StormClient(history, {
      urlOf: (instance) => world.instances[instance].url,
      tokenOf: (userId, roles) => world.issuer.tokenOf(userId, roles),
    });
    this.operations = new Operations(this.client, history, `${seed}-`);
    this.inspector = new Inspector(world.postgres.url);
    this.rate = new Rate(history);
    this.faults = only ? ALL_FAULTS.filter(({ kind }) => only.includes(kind)) : ALL_FAULTS;
    this.nemesis = new Nemesis(world, history, this.rate, this.random.fork(), this.faults);
  }

  async run(): Promise<StormReport> {
    const { seconds, rate } = this.options;
    const stage = await setStage(this.world, this.random.fork(), seconds);
    const crowd = new Crowd(stage, this.operations, this.random.fork(), new Pace(rate));
    try {
      crowd.start();
      this.inspector.start();
      await this.learnTheUsual();
      const base = resourcesOf(this.world);
      const trouble = await this.breakThings();
      const left = await this.settle(crowd, trouble !== undefined);
      // What clients keep open for their next call is not what the shop holds when all is quiet.
      this.client.close();
      return { ...(await this.judge(base, crowd, left)), ...(trouble !== undefined && { trouble }) };
    } finally {
      this.operations.giveUp();
      this.client.close();
    }
  }

  /** The first half of the calm is that of a shop that warms up. */
  private async learnTheUsual(): Promise<void> {
    const begin = performance.now();
    const seconds = Math.min(Math.max(this.options.seconds / 60, SHORT_CALM), LONG_CALM);
    await this.wait('calm', seconds, () => false);
    this.rate.learn(begin + (seconds * 1_000) / 2);
  }

  /** Resolves to the first trouble, where one is looked for. */
  private async breakThings(): Promise<string | undefined> {
    const { seconds, each = Number.POSITIVE_INFINITY } = this.options;
    const begin = performance.now();
    let trouble: string | undefined;
    this.nemesis.start();
    await this.wait('storm', seconds, () => {
      if (this.watching.isHunting) trouble = firstTrouble(this.history, this.inspector);
      return trouble !== undefined || this.faults.every(({ kind }) => this.history.struck(kind) >= each);
    });
    await this.nemesis.stop();
    await this.world.heal();
    this.seconds = (performance.now() - begin) / 1_000;
    return trouble;
  }

  /** Every operation gets its outcome and every event its delivery. Tells how many events were left. */
  private async settle(crowd: Crowd, isOver: boolean): Promise<number> {
    const surrender = setTimeout(() => this.operations.giveUp(), isOver ? 0 : SETTLING * 1_000);
    const deadline = performance.now() + SETTLING * 1_000;
    const telling = setInterval(() => this.tell('settling', deadline), STEP);
    try {
      await crowd.stop();
      await this.operations.settled();
      const patience = (this.watching.isHunting ? DELIVERING / 6 : DELIVERING) * 1_000;
      return isOver ? 0 : await drainOutbox(this.world, patience);
    } finally {
      clearTimeout(surrender);
      clearInterval(telling);
    }
  }

  private async judge(base: Resources['base'], crowd: Crowd, left: number): Promise<StormReport> {
    this.tell('checking', performance.now());
    await this.inspector.stop();
    await this.inspector.lastLook();
    const verdict = verdictOf(await readEvidence(this.world, this.history, this.inspector.reports, base));
    const undelivered = left > 0 ? [`${left} events could not be delivered`] : [];
    return {
      verdict,
      problems: [...this.nemesis.problems, ...crowd.problems, ...undelivered],
      hits: hitsOf(this.world),
      usualRate: this.rate.usualRate,
      seconds: this.seconds,
    };
  }

  private async wait(phase: Progress['phase'], seconds: number, isOver: () => boolean): Promise<void> {
    const deadline = performance.now() + seconds * 1_000;
    while (performance.now() < deadline && !isOver()) {
      await pause(STEP);
      this.tell(phase, deadline);
    }
  }

  private tell(phase: Progress['phase'], deadline: number): void {
    const secondsLeft = Math.max(0, (deadline - performance.now()) / 1_000);
    const { calls, faults } = this.history;
    this.watching.tell({
      phase,
      secondsLeft,
      calls: calls.length,
      faults: faults.length,
      open: this.operations.open(),
    });
  }
}
