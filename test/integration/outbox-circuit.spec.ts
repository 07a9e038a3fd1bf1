import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { uuidv7 } from 'uuidv7';
import { HttpEventSender } from '../../libs/payment/src/adapters/data-platform/http-event-sender';
import { Background } from '../../libs/platform/src/jobs/background';
import { Deliveries } from '../../libs/platform/src/outbox/deliveries';
import { Outbox } from '../../libs/platform/src/outbox/outbox';
import { OutboxRelay } from '../../libs/platform/src/outbox/outbox-relay';
import { SenderCircuit } from '../../libs/platform/src/outbox/sender-circuit';
import { type Answer, accept, DataPlatformServer, drop, hang, SECRET, status } from '../support/data-platform-server';
import { openDatabase, type TestDatabase } from '../support/database';
import { eventually } from '../support/eventually';

import { TcpProxy } from '../support/tcp-proxy';

const EVENTS = 20;
/** Five open the circuit, and seven more were on their way with the fifth. */
const MOST_ATTEMPTS = 12;
/** Milliseconds: one that a test waits for, and one that no test is slow enough to see the end of. */
const PAUSE = 2_000;
const LONG_PAUSE = 60_000;

let database: TestDatabase;
let platform: DataPlatformServer;
let wire: TcpProxy;
let circuit: SenderCircuit;
let relay: OutboxRelay;

beforeEach(async () => {
  Logger.overrideLogger(false);
  platform = await DataPlatformServer.start();
  wire = await TcpProxy.to(platform.url);
  database = await openDatabase([]);
  const outbox = new Outbox(database.unitOfWork);
  await database.unitOfWork.run(() => outbox.addAll(Array.from({ length: EVENTS }, paid)));
});

afterEach(async () => {
  await relay?.beforeApplicationShutdown();
  await wire?.close();
  await platform?.close();
  await database?.close();
});

/** Relays from now on, with milliseconds for the pause of the circuit and for one attempt. */
function open(pause = LONG_PAUSE, timeout = 3_000): void {
  const { unitOfWork } = database;
  const sender = new HttpEventSender(wire.through(platform.url), SECRET, timeout);
  circuit = new SenderCircuit(sender, pause);
  relay = new OutboxRelay(new Outbox(unitOfWork), new Deliveries(unitOfWork), sender, new Background(false), circuit);
}

function paid() {
  return { id: uuidv7(), type: 'order.paid', subjectId: randomUUID(), payload: {}, at: new Date() };
}

/** How many events there are in each state, and how often they were tried in all. */
async function seen(): Promise<Record<string, number>> {
  const [row] = await database.unitOfWork.query<Record<string, number>>(
    `SELECT count(*) FILTER (WHERE status = 'DELIVERED') AS delivered, count(*) FILTER (WHERE status = 'DEAD') AS dead,
            count(*) FILTER (WHERE lease IS NOT NULL) AS taken, sum(attempts) AS attempts FROM outbox_event`,
  );
  return row!;
}

/** What waits for its next attempt waits no longer. */
async function passTime(): Promise<void> {
  await database.unitOfWork.query(
    `UPDATE outbox_event SET next_attempt_at = next_attempt_at - interval '1 day' WHERE status = 'PENDING'`,
  );
}

const pauseEnds = (): Promise<unknown> =>
  eventually(
    async () => circuit.room(1),
    (room) => room === 1,
  );

describe('a platform that is away', () => {
  it('costs 20 events few attempts however long it is, and gets all of them when it is back', async () => {
    open(PAUSE);
    wire.cut();
    await relay.relayDue();
    const { attempts: first, ...others } = await seen();
    expect(first).toBeGreaterThanOrEqual(5);
    expect(first).toBeLessThanOrEqual(MOST_ATTEMPTS);
    expect(others).toEqual({ delivered: 0, dead: 0, taken: 0 });

    await passTime();
    for (let i = 0; i < 5; i += 1) expect(await relay.relayDue()).toBe(0);
    for (let pauses = 1; pauses <= 2; pauses += 1) {
      await pauseEnds();
      expect(await relay.relayDue()).toBe(1);
      expect(await relay.relayDue()).toBe(0);
      expect(await seen()).toEqual({ ...others, attempts: first! + pauses });
    }

    wire.mend();
    await passTime();
    await pauseEnds();
    expect(await relay.relayDue()).toBe(EVENTS);
    expect(await seen()).toEqual({ delivered: EVENTS, dead: 0, taken: 0, attempts: first! + 2 + EVENTS });
    expect(new Set(platform.ids).size).toBe(EVENTS);
  });

  it.each<[string, Answer]>([
    ...[401, 403, 404, 408, 429, 500, 503].map((code): [string, Answer] => [`answers ${code}`, status(code)]),
    ['never answers', hang],
    ['hangs up', drop],
  ])('in that it %s is sent no more', async (_, answer) => {
    platform.answerWith(answer);
    open(LONG_PAUSE, answer === hang ? 250 : undefined);

    await relay.relayDue();

    const { attempts, delivered, dead } = await seen();
    expect(platform.deliveries).toHaveLength(attempts!);
    expect(attempts).toBeLessThanOrEqual(MOST_ATTEMPTS);
    expect([delivered, dead, circuit.room(1)]).toEqual([0, 0, 0]);
  });
});

describe('a platform that refuses an event', () => {
  it.each([400, 409, 413, 422])('with %i is there, and is sent the others', async (code) => {
    open();
    let number = 0;
    platform.answerWith((response, delivery) => (++number > 10 ? accept : status(code))(response, delivery));

    await relay.relayDue();

    expect(await seen()).toEqual({ delivered: 10, dead: 0, taken: 0, attempts: EVENTS });
  });

  it('for ever is never sent it again, and is sent the others', async () => {
    open();
    let number = 0;
    platform.answerWith((response, delivery) => (++number > 10 ? accept : status(410))(response, delivery));

    await relay.relayDue();
    await passTime();
    await relay.relayDue();

    expect(await seen()).toEqual({ delivered: 10, dead: 10, taken: 0, attempts: EVENTS });
    expect(platform.deliveries).toHaveLength(EVENTS);
  });
});
