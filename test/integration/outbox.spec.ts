import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { uuidv7 } from 'uuidv7';
import { DataPlatformModule } from '../../libs/payment/src/adapters/data-platform/data-platform.module';
import { HttpEventSender } from '../../libs/payment/src/adapters/data-platform/http-event-sender';
import { loadEnv } from '../../libs/platform/src/config/env';
import { envModule } from '../../libs/platform/src/config/env.module';
import { DatabaseModule } from '../../libs/platform/src/database/database.module';
import { TypeOrmUnitOfWork } from '../../libs/platform/src/database/typeorm-unit-of-work';
import { Background } from '../../libs/platform/src/jobs/background';
import { jobsModule } from '../../libs/platform/src/jobs/jobs.module';
import { Deliveries } from '../../libs/platform/src/outbox/deliveries';
import { DeliveriesController } from '../../libs/platform/src/outbox/deliveries.controller';
import type { EventSender } from '../../libs/platform/src/outbox/event-sender';
import { type NewEvent, Outbox } from '../../libs/platform/src/outbox/outbox';
import { outboxModule } from '../../libs/platform/src/outbox/outbox.module';
import { OutboxRelay } from '../../libs/platform/src/outbox/outbox-relay';
import {
  type Answer,
  acceptAfter,
  DataPlatformServer,
  garbage,
  hang,
  SECRET,
  status,
  verified,
} from '../support/data-platform-server';
import { openDatabase, type TestDatabase, times } from '../support/database';
import { deferred } from '../support/deferred';

interface EventRow {
  status: string;
  attempts: number;
  lastError: string | null;
  lease: string | null;
  /** Seconds from now. */
  dueIn: number;
}

let database: TestDatabase;
let platform: DataPlatformServer;
let outbox: Outbox;
let deliveries: Deliveries;
let relay: OutboxRelay;

beforeAll(() => Logger.overrideLogger(false));

beforeEach(async () => {
  platform = await DataPlatformServer.start();
  database = await openDatabase([]);
  outbox = new Outbox(database.unitOfWork);
  deliveries = new Deliveries(database.unitOfWork);
  relay = newRelay();
});

afterEach(async () => {
  await relay?.beforeApplicationShutdown();
  await platform?.close();
  await database?.close();
});

/** As on another instance: it hears of nothing and finds what is due by itself. */
function newRelay(sender: EventSender = new HttpEventSender(platform.url, SECRET, 500)): OutboxRelay {
  return new OutboxRelay(new Outbox(database.unitOfWork), deliveries, sender, new Background(true));
}

function paid(id = uuidv7()): NewEvent {
  return { id, type: 'order.paid', subjectId: randomUUID(), payload: { orderId: id, amount: 1_000 }, at: new Date() };
}

async function add(count = 1): Promise<string[]> {
  const events = Array.from({ length: count }, () => paid());
  await database.unitOfWork.run(() => outbox.addAll(events));
  return events.map(({ id }) => id);
}

async function stored(id: string): Promise<EventRow> {
  const [row] = await database.unitOfWork.query<EventRow>(
    `SELECT status, attempts, last_error AS "lastError", lease,
            extract(epoch FROM next_attempt_at - now())::float8 AS "dueIn" FROM outbox_event WHERE id = $1`,
    [id],
  );
  return row!;
}

/** Lets time pass for the events: what is due within `seconds` is due now. */
async function pass(seconds: number): Promise<void> {
  await database.dataSource.query(
    `UPDATE outbox_event SET next_attempt_at = next_attempt_at - $1 * interval '1 second'`,
    [seconds],
  );
}

describe('the relay of the outbox', () => {
  it('delivers each of 200 events once, though two relays work on them', async () => {
    const ids = await add(200);
    const opened = deferred();
    platform.answerWith(acceptAfter(opened.promise));

    // In no hurry: what a busy machine delivers late would be another attempt.
    const patient = () => newRelay(new HttpEventSender(platform.url, SECRET, 20_000));
    const running = Promise.all([patient().relayDue(), patient().relayDue()]);
    await platform.received(16); // 8 at a time each: both have taken a batch
    opened.resolve();
    const attempts = await running;

    expect([...platform.ids].sort()).toEqual([...ids].sort());
    expect(attempts[0] + attempts[1]).toBe(200);
    expect(Math.min(...attempts)).toBeGreaterThan(0);
    const [{ count }] = await database.dataSource.query(
      `SELECT count(*)::integer FROM outbox_event
        WHERE status = 'DELIVERED' AND attempts = 1 AND delivered_at IS NOT NULL AND lease IS NULL`,
    );
    expect(count).toBe(200);
  });

  it('passes over what another relay is just taking, without waiting for it', async () => {
    const ids = await add(4);
    const elsewhere = new Deliveries(new TypeOrmUnitOfWork(database.dataSource));

    const [mine, theirs] = await database.unitOfWork.run(async () => [
      await deliveries.claim(randomUUID(), 2), // not committed yet
      await elsewhere.claim(randomUUID(), 50),
    ]);

    expect([mine!.length, theirs!.length]).toEqual([2, 2]);
    expect([...mine!, ...theirs!].map(({ id }) => id).sort()).toEqual([...ids].sort());
  });

  it('starts with the commit, without being asked', async () => {
    const heard = new OutboxRelay(outbox, deliveries, new HttpEventSender(platform.url, SECRET), new Background(true));

    const ids = await add(3);
    await platform.received(3);
    await heard.beforeApplicationShutdown();

    expect([...platform.ids].sort()).toEqual([...ids].sort());
  });

  it('is woken only where the jobs are', async () => {
    const ticks = [true, false].map((isOn) => {
      const { url } = platform;
      const woken = new OutboxRelay(outbox, deliveries, new HttpEventSender(url, SECRET), new Background(isOn));
      const tick = jest.spyOn(woken, 'tick').mockResolvedValue();
      woken.wake();
      return tick;
    });

    await new Promise(setImmediate);

    expect(ticks.map((tick) => tick.mock.calls.length)).toEqual([1, 0]);
  });

  it('never sends an event of a transaction that was rolled back', async () => {
    const nothing = paid();
    const failing = database.unitOfWork.run(async () => {
      await outbox.addAll([nothing]);
      throw new Error('the payment failed');
    });
    await expect(failing).rejects.toThrow('the payment failed');
    const ids = await add();

    await relay.relayDue();

    expect(platform.ids).toEqual(ids);
  });

  it('does not lose an event that is committed after younger ones were sent', async () => {
    const early = paid();
    const committed = deferred();
    const inserted = deferred();
    const slow = database.unitOfWork.run(async () => {
      await outbox.addAll([early]);
      inserted.resolve();
      await committed.promise;
    });
    await inserted.promise;
    const [late] = await add();
    await relay.relayDue();
    expect(platform.ids).toEqual([late]);

    committed.resolve();
    await slow;
    await relay.relayDue();

    expect(early.id < late!).toBe(true);
    expect(platform.ids).toEqual([late, early.id]);
  });

  it('sends again, with the same id and bytes, what a relay took and never marked', async () => {
    const [id] = await add();
    const sender = new HttpEventSender(platform.url, SECRET);
    const [taken] = await deliveries.claim(randomUUID(), 50);
    await sender.send(taken!); // and the process is gone

    expect(await relay.relayDue()).toBe(0);
    expect((await stored(id!)).dueIn).toBeGreaterThan(25);
    await pass(30);
    expect(await relay.relayDue()).toBe(1);

    const [first, second] = platform.deliveries;
    expect(platform.ids).toEqual([id, id]);
    expect(second!.body).toBe(first!.body);
    expect(verified(second!)).toMatchObject({ type: 'order.paid', data: { orderId: id, amount: 1_000 } });
    expect(await stored(id!)).toMatchObject({ status: 'DELIVERED', attempts: 2, lastError: null });
  });

  it('marks nothing with a lease that another relay has taken over', async () => {
    const [id] = await add();
    const mine = randomUUID();
    const theirs = randomUUID();
    await deliveries.claim(mine, 50);
    await pass(30);
    await deliveries.claim(theirs, 50);

    expect(await deliveries.mark(mine, [{ id: id!, status: 'DEAD', error: 'too late' }])).toBe(0);
    await deliveries.release(mine, [id!]);
    expect(await stored(id!)).toMatchObject({ status: 'PENDING', attempts: 2, lastError: null, lease: theirs });

    expect(await deliveries.mark(theirs, [{ id: id!, status: 'DELIVERED' }])).toBe(1);
    expect(await stored(id!)).toMatchObject({ status: 'DELIVERED', lease: null });
  });

  it.each<[string, Answer, string]>([
    ['fails', status(500), 'status 500'],
    ['points elsewhere', status(302, { location: 'http://127.0.0.1:9/' }), 'status 302'],
    ['hangs', hang, 'no answer within 500 ms'],
    ['talks garbage', garbage, 'the answer was not HTTP'],
  ])('backs off from a platform that %s, and gives up in the end', async (_, answer, reason) => {
    platform.answerWith(answer);
    const [id] = await add();

    await relay.relayDue();
    const waiting = await stored(id!);
    expect(waiting).toMatchObject({ status: 'PENDING', attempts: 1, lastError: reason, lease: null });
    expect(waiting.dueIn).toBeGreaterThan(3);
    expect(waiting.dueIn).toBeLessThanOrEqual(6);
    expect(await relay.relayDue()).toBe(0);

    await database.dataSource.query('UPDATE outbox_event SET attempts = 8');
    await pass(6);
    await relay.relayDue();
    const lastWait = await stored(id!);
    expect(lastWait).toMatchObject({ status: 'PENDING', attempts: 9 });
    expect(lastWait.dueIn).toBeGreaterThan(23 * 3_600);

    await pass(30 * 3_600);
    await relay.relayDue();
    expect(await stored(id!)).toMatchObject({ status: 'DEAD', attempts: 10, lastError: reason, lease: null });
    await pass(30 * 3_600);
    expect(await relay.relayDue()).toBe(0);
    expect(platform.ids).toEqual([id, id, id]);
  });

  it('gives up at once on a platform that is gone', async () => {
    platform.answerWith(status(410));
    const [id] = await add();

    await relay.relayDue();

    expect(await stored(id!)).toMatchObject({ status: 'DEAD', attempts: 1, lastError: 'status 410' });
  });

  it('comes back when the platform asked for it, though not after more than a day', async () => {
    platform.answerWith(status(503, { 'retry-after': '600' }));
    const [patient] = await add();
    await relay.relayDue();
    platform.answerWith(status(503, { 'retry-after': '99999999' }));
    const [never] = await add();
    await relay.relayDue();

    expect((await stored(patient!)).dueIn).toBeGreaterThan(590);
    expect((await stored(patient!)).dueIn).toBeLessThanOrEqual(720);
    expect((await stored(never!)).dueIn).toBeLessThanOrEqual(1.2 * 24 * 3_600);
  });

  it('keeps an event that breaks the sender, and delivers its neighbours', async () => {
    const [poison, ...others] = await add(3);
    const http = new HttpEventSender(platform.url, SECRET);
    const breaking: EventSender = {
      send: (event) => (event.id === poison ? Promise.reject(new TypeError('secret detail')) : http.send(event)),
    };

    await newRelay(breaking).relayDue();

    expect([...platform.ids].sort()).toEqual(others.sort());
    expect(await stored(poison!)).toMatchObject({ status: 'PENDING', attempts: 1 });
    expect((await stored(poison!)).lastError).not.toContain('secret');
  });

  it('holds no transaction, no lock and no connection while the platform hangs', async () => {
    const opened = deferred();
    platform.answerWith(acceptAfter(opened.promise));
    const [id] = await add();
    const relaying = newRelay(new HttpEventSender(platform.url, SECRET)).relayDue();
    await platform.received(1);

    const open = await database.dataSource.query(
      `SELECT state FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL`,
    );
    const others = await times(40, () => add());
    await database.unitOfWork.run(() =>
      database.unitOfWork.query('SELECT id FROM outbox_event WHERE id = $1 FOR UPDATE NOWAIT', [id]),
    );
    opened.resolve();
    await relaying;

    expect(open).toEqual([]);
    expect(others.filter(({ status: outcome }) => outcome === 'rejected')).toEqual([]);
    expect((await stored(id!)).status).toBe('DELIVERED');
  });

  it('stops with the attempts that are under way, and gives the rest back uncounted', async () => {
    const opened = deferred();
    platform.answerWith(acceptAfter(opened.promise));
    await add(30);
    const stopping = newRelay(new HttpEventSender(platform.url, SECRET));
    const relaying = stopping.relayDue();
    await platform.received(8);

    const stopped = stopping.beforeApplicationShutdown();
    opened.resolve();
    await stopped;

    expect(await relaying).toBe(8);
    expect(await stopping.relayDue()).toBe(0);
    const [{ left }] = await database.dataSource.query(
      `SELECT count(*)::integer AS left FROM outbox_event
        WHERE status = 'PENDING' AND attempts = 0 AND lease IS NULL AND next_attempt_at <= now()`,
    );
    expect(left).toBe(22);
    expect(await relay.relayDue()).toBe(22);
    expect(new Set(platform.ids).size).toBe(30);
  });

  it('stores in the end what could not be stored at once, and sends none of it again', async () => {
    const ids = await add(2);
    const failed = deferred();
    let calls = 0;
    const flaky = Object.assign(new Deliveries(database.unitOfWork), {
      mark: async (...args: Parameters<Deliveries['mark']>) => {
        calls += 1;
        if (calls > 1) return deliveries.mark(...args);
        setImmediate(failed.resolve);
        throw new Error('the connection is lost');
      },
    });
    const sent: string[] = [];
    const sender: EventSender = {
      send: async ({ id }) => {
        if (sent.push(id) === 2) await failed.promise;
      },
    };

    expect(await new OutboxRelay(new Outbox(database.unitOfWork), flaky, sender, new Background(true)).relayDue()).toBe(
      2,
    );

    for (const id of ids) expect(await stored(id)).toMatchObject({ status: 'DELIVERED', attempts: 1 });
    expect(sent).toHaveLength(2);
  });

  it('survives a database that is away, and goes on afterwards', async () => {
    const ids = await add(2);
    await database.dataSource.query('ALTER TABLE outbox_event RENAME TO away');
    await relay.tick();
    expect(platform.ids).toEqual([]);
    await database.dataSource.query('ALTER TABLE away RENAME TO outbox_event');

    await relay.tick();

    expect([...platform.ids].sort()).toEqual([...ids].sort());
  });
});

describe('the deliveries that the admin sees', () => {
  it('are listed newest first, page by page, also while events arrive', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.push(...(await add()));
    const controller = new DeliveriesController(deliveries, relay);

    const first = await controller.list({ limit: 2 });
    await add();
    const second = await controller.list({ limit: 2, cursor: first.nextCursor! });
    const third = await controller.list({ limit: 2, cursor: second.nextCursor! });

    const listed = [first, second, third].flatMap(({ items }) => items.map(({ id }) => id));
    expect(listed).toEqual(ids.reverse());
    expect(third.nextCursor).toBeNull();
    expect(first.items[0]).toMatchObject({ type: 'order.paid', status: 'PENDING', attempts: 0, lastError: null });
    expect(first.items[0]!.nextAttemptAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/);
  });

  it('can be narrowed to a status, and a cursor belongs to its list', async () => {
    const [delivered] = await add();
    await relay.relayDue();
    platform.answerWith(status(410));
    const dead = await add(2);
    await relay.relayDue();

    const page = await deliveries.page('DEAD', { limit: 1 });
    expect(dead).toContain(page.items[0]!.id);
    expect(page.items[0]).toMatchObject({ status: 'DEAD', lastError: 'status 410', nextAttemptAt: null });
    const rest = await deliveries.page('DEAD', { limit: 9, cursor: page.nextCursor! });
    expect(rest.items).toHaveLength(1);
    expect((await deliveries.page('DELIVERED', { limit: 9 })).items.map(({ id }) => id)).toEqual([delivered]);
    await expect(deliveries.page('PENDING', { limit: 9, cursor: page.nextCursor! })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
  });

  it('are sent once more when the admin says so', async () => {
    platform.answerWith(status(410));
    const [id] = await add();
    await relay.relayDue();
    platform.answerWith(status(200));

    await new DeliveriesController(deliveries, relay).retry(id!);
    await platform.received(2);
    await relay.beforeApplicationShutdown();

    expect(await stored(id!)).toMatchObject({ status: 'DELIVERED', attempts: 2 });
  });

  it('need no wait when the admin does not want to', async () => {
    platform.answerWith(status(500));
    const [id] = await add();
    await relay.relayDue();
    platform.answerWith(status(200));

    await deliveries.retry(id!);

    expect(await relay.relayDue()).toBe(1);
  });

  it('are not sent again once delivered, nor when nobody knows them', async () => {
    const [id] = await add();
    await relay.relayDue();

    await expect(deliveries.retry(id!)).rejects.toMatchObject({ code: 'DELIVERY_NOT_FOUND', kind: 'not-found' });
    await expect(deliveries.retry(randomUUID())).rejects.toMatchObject({ code: 'DELIVERY_NOT_FOUND' });
    expect(await relay.relayDue()).toBe(0);
  });
});

describe('the outbox of a running service', () => {
  it('sends to the platform of the environment what is committed here, and what another instance left', async () => {
    const [left] = await add();
    const env = loadEnv({
      DATABASE_URL: database.url,
      REDIS_URL: 'memory:',
      DATA_PLATFORM_URL: platform.url,
      DATA_PLATFORM_SECRET: SECRET,
    });
    const service = await Test.createTestingModule({
      imports: [envModule(env), DatabaseModule, jobsModule(new Background(true)), outboxModule(DataPlatformModule)],
    }).compile();
    try {
      await service.init();
      await platform.received(1); // by the interval
      const event = paid();
      await service.get(TypeOrmUnitOfWork).run(() => service.get(Outbox).addAll([event]));
      await platform.received(2);

      expect(platform.ids).toEqual([left, event.id]);
    } finally {
      await service.close();
    }
    expect((await stored(platform.ids[1]!)).status).toBe('DELIVERED');
  });
});
