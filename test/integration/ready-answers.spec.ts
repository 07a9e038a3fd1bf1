import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { shareWhile } from '@app/shared';
import { Logger } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { Admission } from '../../libs/platform/src/http/admission';
import { guardByAdmission } from '../../libs/platform/src/http/admission-gate';
import { createHttpAdapter } from '../../libs/platform/src/http/http-server';
import { ReadyAnswers, type ReadyLimits } from '../../libs/platform/src/http/ready-answers';
import type { Answered } from '../../libs/platform/src/http/traffic';
import { deferred } from '../support/deferred';

class Door extends Admission {
  isOpen = true;

  override admits(): boolean {
    return this.isOpen;
  }
}

let server: FastifyInstance;
let admission: Door;
let isCurrent: boolean;
/** Opened by a test; whoever is answered from memory does not ask for it. */
let gate: ReturnType<typeof deferred>;
let made: number;

beforeAll(() => Logger.overrideLogger(false));

async function serve(limits: Partial<ReadyLimits> = {}): Promise<void> {
  admission = new Door();
  isCurrent = true;
  made = 0;
  gate = deferred();
  gate.resolve();
  server = createHttpAdapter().getInstance<FastifyInstance>();
  guardByAdmission(server.server, admission, () => 'read');
  ReadyAnswers.install(server, { longestWait: 60_000, ...limits });
  server.get('/page/:name', async () => {
    const value = { made: ++made };
    await gate.promise;
    if (made === 13) throw new Error('unlucky');
    shareWhile(value, () => isCurrent);
    return value;
  });
  await server.listen({ port: 0, host: '127.0.0.1' });
}

afterEach(() => server.close());

async function read(name = 'one'): Promise<unknown> {
  const answer = await fetch(`http://127.0.0.1:${(server.server.address() as AddressInfo).port}/page/${name}`);
  return answer.json();
}

/** Asks, and is sure that the server has heard of it. */
async function ask(): Promise<{ answer: Promise<unknown> }> {
  const arrival = once(server.server, 'request');
  const answer = read();
  await arrival;
  return { answer };
}

/** An answer is known and no longer current, and the next one takes until the gate is opened. */
async function becomeOld(limits?: Partial<ReadyLimits>): Promise<void> {
  await serve(limits);
  await read();
  isCurrent = false;
  gate = deferred();
}

it('makes an answer anew once, for all who come meanwhile', async () => {
  await becomeOld();
  const asked = [await ask(), await ask(), await ask()];
  isCurrent = true;
  gate.resolve();

  expect(await Promise.all(asked.map(({ answer }) => answer))).toEqual([{ made: 2 }, { made: 2 }, { made: 2 }]);
  expect(await read()).toEqual({ made: 2 });
});

it('keeps no more text than it may: what was made first goes first', async () => {
  await serve({ mostText: 2 * JSON.stringify({ made: 1 }).length });
  for (const name of ['one', 'two', 'one', 'three']) await read(name);

  expect([await read('two'), await read('three'), await read('one')]).toEqual([{ made: 2 }, { made: 3 }, { made: 4 }]);
});

it('gives nobody an answer that is old when it is made', async () => {
  await becomeOld();
  const asked = [await ask(), await ask()];
  gate.resolve();

  expect(await Promise.all(asked.map(({ answer }) => answer))).toEqual([{ made: 2 }, { made: 3 }]);
});

it('keeps a failure to who has asked first', async () => {
  await becomeOld();
  made = 12;
  const asked = [await ask(), await ask()];
  gate.resolve();

  const [first, second] = await Promise.all(asked.map(({ answer }) => answer));
  expect(first).toMatchObject({ statusCode: 500 });
  expect(second).toEqual({ made: 14 });
});

it('lets nobody wait long for what somebody else has asked for', async () => {
  await becomeOld({ longestWait: 1 });
  const first = await ask();
  const stuck = gate;
  gate = deferred();
  gate.resolve();

  expect(await (await ask()).answer).toEqual({ made: 3 });
  stuck.resolve();
  expect(await first.answer).toEqual({ made: 2 });
});

it('is given and made anew by a shop that refuses everything else', async () => {
  await becomeOld();
  admission.isOpen = false;
  isCurrent = true;
  expect(await read()).toEqual({ made: 1 });

  isCurrent = false;
  const asked = [await ask(), await ask()];
  isCurrent = true;
  gate.resolve();
  expect(await Promise.all(asked.map(({ answer }) => answer))).toEqual([{ made: 2 }, { made: 2 }]);
  expect(await read('two')).toMatchObject({ status: 503, code: 'OVERLOADED' });
});

it('tells of what it answers like of any answer', async () => {
  await serve();
  await read();
  const told: Answered[] = [];
  server.traffic.on('answered', (answered) => told.push(answered));
  await read();

  expect(made).toBe(1);
  expect(told).toEqual([
    {
      requestId: expect.any(String),
      method: 'GET',
      route: '/page/:name',
      status: 200,
      duration: expect.any(Number),
    },
  ]);
});
