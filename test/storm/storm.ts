import { setTimeout as pause } from 'node:timers/promises';
import type { Failpoint } from '../../libs/platform/src/failpoints/failpoint';
import type { Evidence, ProcessResources } from './checkers/evidence';
import { readBooks } from './checkers/read-books';
import { type Verdict, verdictOf } from './checkers/verdict';
import { History, type InstanceName } from './history';
import { Inspector } from './inspector';
import { FAILPOINTS } from './nemesis/failpoints';
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

/** Seconds. */
const CALM = 6;
const SETTLING = 60;

export interface StormReport {
  readonly verdict: Verdict;
  /** What the storm itself saw besides: of faults, of clients, of the outbox. */
  readonly problems: readonly string[];
  readonly hits: Readonly<Record<Failpoint, number>>;
  /** Operations a second before anything was broken. */
  readonly usualRate: number;
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
  /** Ends as soon as something is wrong, to find a planted bug soon. */
  readonly stopAtFirstTrouble?: boolean;
}

/** One storm over a world that is open: calm, storm, settling, judgement. */
export async function rage(
  world: World,
  file: string,
  options: StormOptions,
  watching: Watching,
): Promise<StormReport> {
  const { seconds, seed, rate, only, each } = options;
  const random = new Random(seed);
  const history = new History(file);
  const client = new StormClient(history, {
    urlOf: (instance) => world.instances[instance].url,
    tokenOf: (userId, roles) => world.issuer.tokenOf(userId, roles),
  });
  const operations = new Operations(client, history, `${seed}-`);
  const stage = await setStage(world, random.fork(), seconds);
  const crowd = new Crowd(stage, operations, random.fork(), new Pace(rate));
  const inspector = new Inspector(world.postgres.url);
  const usual = new Rate(history);
  const faults = only ? ALL_FAULTS.filter(({ kind }) => only.includes(kind)) : ALL_FAULTS;
  const nemesis = new Nemesis(world, history, usual, random.fork(), faults);
  const end = performance.now() + (CALM + seconds) * 1_000;
  const tell = (phase: Progress['phase'], until = end): void =>
    watching.tell({
      phase,
      secondsLeft: Math.max(0, (until - performance.now()) / 1_000),
      calls: history.calls.length,
      faults: history.faults.length,
      open: operations.open(),
    });
  const isEnough = (): boolean => each !== undefined && faults.every(({ kind }) => history.struck(kind) >= each);
  let trouble: string | undefined;

  try {
    crowd.start();
    inspector.start();
    await learnTheUsual(usual, () => tell('calm'));
    const base = resourcesOf(world);
    nemesis.start();
    while (performance.now() < end && !isEnough() && trouble === undefined) {
      await pause(200);
      tell('storm');
      if (watching.stopAtFirstTrouble) trouble = firstTrouble(history, inspector);
    }

    await nemesis.stop();
    await world.heal();
    const surrender = setTimeout(() => operations.giveUp(), trouble === undefined ? SETTLING * 1_000 : 0);
    const surrenderAt = performance.now() + SETTLING * 1_000;
    const telling = setInterval(() => tell('settling', surrenderAt), 200);
    await crowd.stop();
    await operations.settled();
    clearTimeout(surrender);
    const left = trouble === undefined ? await drainOutbox(world) : 0;
    clearInterval(telling);
    tell('checking');
    await inspector.stop();
    await inspector.lastLook();

    const verdict = verdictOf(await evidenceOf(world, history, inspector, base));
    const undelivered = left > 0 ? [`${left} events could not be delivered`] : [];
    return {
      verdict,
      problems: [...nemesis.problems, ...crowd.problems, ...undelivered],
      hits: hitsOf(world),
      usualRate: usual.usualRate,
      ...(trouble !== undefined && { trouble }),
    };
  } finally {
    operations.giveUp();
    client.close();
    history.close();
  }
}

/** The first seconds are those of a shop that warms up. */
async function learnTheUsual(usual: Rate, tell: () => void): Promise<void> {
  const begin = performance.now();
  while (performance.now() < begin + CALM * 1_000) {
    await pause(200);
    tell();
  }
  usual.learn(begin + (CALM * 1_000) / 2);
}

async function evidenceOf(
  { postgres, platform, instances }: World,
  { calls, faults }: History,
  { reports }: Inspector,
  base: Evidence['resources']['base'],
): Promise<Evidence> {
  const [sessions] = await postgres.query<{ connections: number; idle: number }>(
    `SELECT count(*)::int AS connections,
            (count(*) FILTER (WHERE state LIKE 'idle in transaction%' AND state_change < now() - interval '1 second'))::int
              AS idle
       FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'jangteo%'`,
  );
  return {
    calls,
    faults,
    books: await readBooks((text) => postgres.query(text)),
    audits: reports,
    deliveries: platform.deliveries,
    logs: { A: instances.A.log(), B: instances.B.log() },
    databaseLog: postgres.log(),
    unexpectedExits: [...instances.A.unexpectedExits, ...instances.B.unexpectedExits],
    resources: {
      base,
      end: resourcesOf({ instances }),
      connections: sessions!.connections,
      idleInTransaction: sessions!.idle,
    },
  };
}

function resourcesOf({ instances }: Pick<World, 'instances'>): Record<InstanceName, ProcessResources> {
  return { A: instances.A.resources(), B: instances.B.resources() };
}

function hitsOf({ instances: { A, B } }: World): Record<Failpoint, number> {
  return Object.fromEntries(FAILPOINTS.map((point) => [point, A.hits[point] + B.hits[point]])) as Record<
    Failpoint,
    number
  >;
}
