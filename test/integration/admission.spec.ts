import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { Admission, type Urgency } from '../../libs/platform/src/http/admission';
import { guardByAdmission } from '../../libs/platform/src/http/admission-gate';
import { createHttpAdapter } from '../../libs/platform/src/http/http-server';
import { answerProblem } from '../../libs/platform/src/http/problem.filter';
import { OverloadedException } from '../../libs/platform/src/lanes/lane.exceptions';
import { deferred } from '../support/deferred';

/** Too busy as soon as five are in flight, and from then on: two reads may be, four orders, four payments. */
const LIMITS = {
  calm: 4,
  floor: 4,
  burst: 4,
  wait: 100,
  turn: 100,
  lasting: 3_600_000,
};

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let server: FastifyInstance;
let gate: ReturnType<typeof deferred>;
let admission: Admission;
let agent: Agent;
let held: Promise<Answer>[];

beforeAll(() => Logger.overrideLogger(false));

beforeEach(async () => {
  gate = deferred();
  held = [];
  agent = new Agent({ keepAlive: true });
  admission = new Admission(LIMITS);
  server = createHttpAdapter().getInstance<FastifyInstance>();
  server.route({ method: ['GET', 'POST'], url: '/slow', handler: async () => gate.promise.then(() => 'done') });
  server.get('/quick', async () => 'done');
  server.get('/health', async () => 'done');
  server.get('/full', (request, reply) => answerProblem(new OverloadedException(), request, reply));
  await server.ready();
  guardByAdmission(server.server, admission, urgencyOf);
  await server.listen({ port: 0, host: '127.0.0.1' });
});

afterEach(async () => {
  gate.resolve();
  await Promise.all(held);
  agent.destroy();
  await server.close();
});

function urgencyOf(method: string, url: string): Urgency | null {
  if (url === '/health') return null;
  return method === 'POST' ? 'payment' : 'read';
}

function port(): number {
  return (server.server.address() as AddressInfo).port;
}

function ask(method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<Answer> {
  return new Promise((resolve) => {
    const request = httpRequest({ agent, port: port(), host: '127.0.0.1', method, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: text }));
    });
    request.on('error', ({ message }) => resolve({ status: undefined, headers: {}, body: message }));
    request.end(body);
  });
}

async function readsAreRefused(): Promise<void> {
  for (const deadline = Date.now() + 5_000; (await ask('GET', '/quick')).status !== 503; await pause(5)) {
    if (Date.now() > deadline) throw new Error('it is never too busy');
  }
}

/** Lets in as many as make it too busy, and keeps them there. */
async function fill(): Promise<void> {
  held.push(...Array.from({ length: 5 }, () => ask('GET', '/slow')));
  await readsAreRefused();
}

const ID = 'a-request-id-of-the-test';

it('a request too many is answered as any other problem is, without being served', async () => {
  const asProblem = await ask('GET', '/full?x=1', { 'x-request-id': ID });
  await fill();

  const refused = await ask('GET', '/full?x=1', { 'x-request-id': ID });

  const { date: _, ...headers } = refused.headers;
  const { date: __, ...expected } = asProblem.headers;
  expect(refused.status).toBe(503);
  expect(headers).toEqual(expected);
  expect(headers).toMatchObject({ 'retry-after': '1', 'content-language': 'ko', 'x-request-id': ID });
  expect(refused.body).toBe(asProblem.body);
  expect(JSON.parse(refused.body)).toMatchObject({ code: 'OVERLOADED', instance: '/full', requestId: ID });
});

it('it is told in the language of the caller, and what it asked for cannot break the answer', async () => {
  await fill();

  const refused = await ask('GET', '/quick/"}\\', { 'accept-language': 'en' });

  expect(refused.headers['content-language']).toBe('en');
  expect(JSON.parse(refused.body)).toMatchObject({
    detail: 'Please try again in a moment',
    instance: '/quick/"}\\',
    requestId: refused.headers['x-request-id'],
  });
});

it('what is more urgent is let in where the others are refused, and what is never refused always', async () => {
  await fill();
  expect((await ask('POST', '/slow')).status).toBe(503);
  gate.resolve();
  for (const answer of held) expect((await answer).status).toBe(200);
  gate = deferred();
  held.push(ask('GET', '/slow'), ask('GET', '/slow'));
  await readsAreRefused();

  held.push(ask('POST', '/slow'));

  expect((await ask('GET', '/health')).status).toBe(200);
  expect((await ask('GET', '/quick')).status).toBe(503);
  gate.resolve();
  for (const answer of held) expect((await answer).status).toBe(200);
  expect(admission.refused).toMatchObject({ order: 0, payment: 1 });
});

it('a refusal leaves the connection as it was, whatever body it came with', async () => {
  await fill();
  const others = agent;
  agent = new Agent({ keepAlive: true, maxSockets: 1 });

  const long = JSON.stringify({ text: 'x'.repeat(90_000) });
  expect((await ask('POST', '/slow', { 'content-type': 'application/json' }, long)).status).toBe(503);
  expect((await ask('GET', '/quick')).status).toBe(503);
  expect((await ask('GET', '/health')).body).toBe('done');
  expect(Object.values(agent.freeSockets).flat()).toHaveLength(1);
  others.destroy();
});

it('who has not sent all of a request takes no place', async () => {
  const slow = Array.from({ length: 5 }, () => {
    const socket = connect(port(), '127.0.0.1');
    socket.write('POST /slow HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{');
    return socket;
  });
  try {
    await ask('GET', '/health');
    expect((await ask('GET', '/quick')).status).toBe(200);

    for (const socket of slow) socket.write('}');

    await readsAreRefused();
  } finally {
    for (const socket of slow) socket.destroy();
  }
});

it('who leaves gives back all that was let in, also what waits behind another request', async () => {
  const socket = connect(port(), '127.0.0.1');
  socket.write('GET /slow HTTP/1.1\r\nHost: shop\r\n\r\n'.repeat(5));
  await readsAreRefused();

  socket.destroy();

  for (const deadline = Date.now() + 5_000; (await ask('GET', '/quick')).status !== 200; await pause(5)) {
    if (Date.now() > deadline) throw new Error('it stays too busy with nobody');
  }
  // Late answers to who has left give nothing back a second time: three reads would be let in then.
  gate.resolve();
  gate = deferred();
  held.push(ask('GET', '/slow'), ask('GET', '/slow'));
  await readsAreRefused();
});

it('a server that has closed says goodbye with a refusal too', async () => {
  await fill();
  const socket = connect(port(), '127.0.0.1');
  let answers = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    answers += chunk;
  });
  socket.write('GET /quick HTTP/1.1\r\nHost: shop\r\nX-Half: ');
  await ask('GET', '/health');

  const closing = server.close();
  while (server.server.listening) await pause(5);
  socket.write('1\r\n\r\n');

  await new Promise((resolve) => socket.once('close', resolve));
  expect(answers).toMatch(/^HTTP\/1\.1 503 [\s\S]*\r\nconnection: close\r\n/i);
  gate.resolve();
  await closing;
  for (const answer of held) expect((await answer).status).toBe(200);
});
