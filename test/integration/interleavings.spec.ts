import type { TestDatabase } from '../support/database';
import { Interleaver } from '../support/interleaving/interleaver';
import { begin, type Meeting, type Scene } from '../support/interleaving/meeting';
import { MEETINGS } from '../support/interleaving/meetings';
import { openShopDatabase, Shop, violations } from '../support/shop-services';

/** Statements after which a call has begun its transaction and has its time, and has neither seen nor locked more. */
const BEGUN = 2;
const WHOLE = Number.POSITIVE_INFINITY;
/** More than any meeting needs on two busy cores, in milliseconds. */
const TIMEOUT = 120_000;
/** Scenes that are prepared at once. */
const AT_ONCE = 8;

let database: TestDatabase;
let interleaver: Interleaver;
let schedules = 0;

beforeEach(open);
afterEach(close);

async function open(): Promise<void> {
  database = await openShopDatabase();
  interleaver = await Interleaver.open(database);
}

async function close(): Promise<void> {
  await interleaver?.close();
  await database?.close();
}

/** Scenes of a meeting, each with rows of its own. */
function scenesOf({ stage }: Meeting): () => Promise<Scene> {
  const shop = new Shop(database);
  const prepared: Scene[] = [];
  return async () => {
    if (prepared.length === 0) {
      prepared.push(...(await Promise.all(Array.from({ length: AT_ONCE }, () => stage(shop)))));
    }
    const scene = prepared.pop()!;
    await begin(shop, scene);
    return scene;
  };
}

/** The same meeting, the other one first. */
function turned({ stage, outcomes, ...meeting }: Meeting): Meeting {
  return {
    ...meeting,
    outcomes: outcomes.map(([a, b]) => [b, a]),
    stage: async (shop) => {
      const { calls, ...scene } = await stage(shop);
      return { ...scene, calls: [calls[1], calls[0]] };
    },
  };
}

/**
 * Stops the first call after each of its statements, and the second one after each turn that it can send meanwhile; the
 * same two are played the other way round too.
 */
async function playAll(meeting: Meeting, afterEachSchedule = async (_: object) => {}): Promise<void> {
  const nextScene = scenesOf(meeting);
  const seen = new Set<string>();
  const allowed = meeting.outcomes.map((pair) => pair.join(' / '));
  for (let first = BEGUN, whereFirst = ''; whereFirst !== 'ended'; first++) {
    for (let second = meeting.isSparse ? WHOLE : 1, whereSecond = 'held'; whereSecond === 'held'; second++) {
      const held = [{ statements: first }, { turns: second }] as const;
      const { outcomes, stands, failures } = await interleaver.play((await nextScene()).calls, held);
      [whereFirst, whereSecond] = stands;
      const outcome = outcomes.join(' / ');
      const schedule = { first, second };
      expect({ schedule, failures, outcome }).toEqual({
        schedule,
        failures: [],
        outcome: allowed.includes(outcome) ? outcome : `one of ${allowed.join(', ')}`,
      });
      await afterEachSchedule(schedule);
      seen.add(outcome);
      schedules += 1;
      if (whereFirst === 'ended') break; // the second one is alone, wherever it would be held
    }
  }
  expect([...seen].sort()).toEqual(allowed.sort());
}

/** A schedule's rows are touched by no later one, so what it broke is still there at the end. */
async function playAndAudit(meeting: Meeting): Promise<void> {
  await playAll(meeting);
  if ((await violations(database)).length === 0) return;
  // Again in the same order, to say which schedule it was.
  await close();
  await open();
  await playAll(meeting, async (schedule) =>
    expect({ schedule, violations: await violations(database) }).toEqual({ schedule, violations: [] }),
  );
  throw new Error('a violation was found, and not found again');
}

it.each(MEETINGS)(
  '$title: as if one had come after the other, wherever they meet',
  async (meeting) => {
    await playAndAudit(meeting);
    if (!meeting.isSymmetric) await playAndAudit(turned(meeting));
  },
  TIMEOUT,
);

// A player that silently plays nothing would find nothing.
it('has played more than 900 schedules', () => {
  expect(schedules).toBeGreaterThan(900);
});
