import { DeliveryFailedException, type OutgoingEvent } from '@app/platform';
import { dataPlatformOf } from '../../../libs/payment/src/adapters/data-platform/data-platform.module';
import { HttpEventSender } from '../../../libs/payment/src/adapters/data-platform/http-event-sender';
import { LogEventSender } from '../../../libs/payment/src/adapters/data-platform/log-event-sender';
import {
  type Answer,
  accept,
  DataPlatformServer,
  drop,
  endless,
  garbage,
  hang,
  SECRET,
  status,
  verified,
} from '../../support/data-platform-server';

const event: OutgoingEvent = {
  id: '019a9f7e-5f3a-7c41-9d0e-3b7f0c2f1a11',
  type: 'order.paid',
  payload: {
    orderId: '019a9f7e-5f3a-7c41-9d0e-3b7f0c2f1a12',
    lines: [{ quantity: 2 }],
    couponId: null,
    userId: '가나',
  },
  at: new Date('2026-11-22T14:17:02.364Z'),
  attempt: 1,
  attemptedAt: new Date(),
};

let server: DataPlatformServer;
let platform: HttpEventSender;

beforeEach(async () => {
  server = await DataPlatformServer.start();
  platform = new HttpEventSender(server.url, SECRET);
});

afterEach(() => server.close());

async function failure(sending: Promise<void>): Promise<DeliveryFailedException> {
  const error = await sending.then(
    () => new Error('it was delivered'),
    (reason: unknown) => reason,
  );
  if (error instanceof DeliveryFailedException) return error;
  throw error;
}

describe('sending an event to the data platform', () => {
  it('posts type, time and data as JSON, signed', async () => {
    await platform.send(event);

    const [delivery] = server.deliveries;
    const { id, type, payload } = event;
    expect(verified(delivery!)).toEqual({ type, timestamp: '2026-11-22T14:17:02.364Z', data: payload });
    expect(delivery!.headers).toMatchObject({ 'webhook-id': id, 'content-type': 'application/json' });
  });

  it('sends the same bytes under the same id on a later attempt, with the time of that attempt', async () => {
    await platform.send(event);
    await platform.send({ ...event, attempt: 2, attemptedAt: new Date(event.attemptedAt.getTime() + 60_000) });

    const [first, second] = server.deliveries;
    expect(second!.body).toBe(first!.body);
    expect(second!.id).toBe(first!.id);
    expect(Number(second!.headers['webhook-timestamp']) - Number(first!.headers['webhook-timestamp'])).toBe(60);
    verified(second!);
  });

  it.each([200, 201, 202, 204, 299])('takes %i for delivered', async (code) => {
    server.answerWith(status(code));

    await platform.send(event);

    expect(server.deliveries).toHaveLength(1);
  });

  it.each<[string, Answer, string]>([
    ['a refusal', status(400, {}, 'a long story '.repeat(1_000)), 'status 400'],
    ['an error', status(500), 'status 500'],
    ['no news', status(304), 'status 304'],
    ['a hang-up', drop, 'no answer: UND_ERR_SOCKET'],
    ['garbage', garbage, 'the answer was not HTTP'],
  ])('takes %s for a failure, in a few words', async (_, answer, reason) => {
    server.answerWith(answer);

    const { message, advice } = await failure(platform.send(event));

    expect(message).toBe(reason);
    expect(advice.gone ?? false).toBe(false);
  });

  it.each([301, 302, 303, 307, 308])('does not follow a redirect (%i)', async (code) => {
    const other = await DataPlatformServer.start();
    server.answerWith(status(code, { location: other.url }));

    const { message } = await failure(platform.send(event));
    await other.close();

    expect(message).toBe(`status ${code}`);
    expect(other.deliveries).toEqual([]);
  });

  it('gives up on a platform that does not answer', async () => {
    server.answerWith(hang);

    const { message } = await failure(new HttpEventSender(server.url, SECRET, 50).send(event));

    expect(message).toBe('no answer within 50 ms');
  });

  it('says nothing of the address when nobody is there', async () => {
    const { url } = server;
    await server.close();

    const { message } = await failure(new HttpEventSender(`${url}?key=secret`, SECRET).send(event));

    expect(message).toBe('no answer: ECONNREFUSED');
  });

  it('hangs up on an answer that does not end', async () => {
    let closed: Promise<unknown> = Promise.resolve();
    let written = 0;
    server.answerWith((response, delivery) => {
      closed = new Promise((resolve) => response.on('close', resolve));
      response.on('close', () => {
        written = response.socket?.bytesWritten ?? 0;
      });
      endless(response, delivery);
    });

    await platform.send(event);
    await closed;

    expect(written).toBeLessThan(16 * 1_024 * 1_024);
  });

  it('hears that the platform wants it later, or never', async () => {
    const advice = async (answer: Answer) => {
      server.answerWith(answer);
      return (await failure(platform.send(event))).advice;
    };

    expect(await advice(status(503, { 'retry-after': '120' }))).toEqual({
      gone: false,
      refused: false,
      retryAfterSeconds: 120,
    });
    expect(await advice(status(429, { 'retry-after': 'soon' }))).toEqual({ gone: false, refused: false });
    expect(await advice(status(410))).toEqual({ gone: true, refused: true });
    const inAnHour = await advice(status(503, { 'retry-after': new Date(Date.now() + 3_600_000).toUTCString() }));
    expect(inAnHour.retryAfterSeconds).toBeGreaterThan(3_500);
    expect(inAnHour.retryAfterSeconds).toBeLessThanOrEqual(3_600);
  });

  it.each([400, 409, 410, 413, 422])('hears that the platform refuses this event: %i', async (code) => {
    server.answerWith(status(code));

    expect((await failure(platform.send(event))).advice.refused).toBe(true);
  });

  it.each([401, 403, 404, 408, 429, 500, 503])('hears that no event would do better now: %i', async (code) => {
    server.answerWith(status(code));

    expect((await failure(platform.send(event))).advice.refused).toBe(false);
  });

  it('uses connections again', async () => {
    const ports = new Set<number | undefined>();
    server.answerWith((response, delivery) => {
      ports.add(response.socket?.remotePort);
      accept(response, delivery);
    });

    for (let i = 0; i < 10; i++) await platform.send(event);

    expect(ports.size).toBeLessThanOrEqual(3);
  });
});

describe('the data platform of an environment', () => {
  it('is the one at the address, or the log where there is none', () => {
    const env = { DATA_PLATFORM_URL: 'http://127.0.0.1:1/', DATA_PLATFORM_SECRET: SECRET };

    expect(dataPlatformOf(env)).toBeInstanceOf(HttpEventSender);
    expect(dataPlatformOf({})).toBeInstanceOf(LogEventSender);
  });
});
