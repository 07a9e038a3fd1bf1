import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { Logger } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { DependencyUnavailableException } from '../../libs/platform/src/database/failures';
import { type Caller, TokenVerifier } from '../../libs/platform/src/http/auth/token-verifier';
import { UnauthenticatedException } from '../../libs/platform/src/http/http.exceptions';
import { createHttpAdapter } from '../../libs/platform/src/http/http-server';
import { OwnAnswers } from '../../libs/platform/src/http/own-answers';
import { answerProblem } from '../../libs/platform/src/http/problem.filter';
import type { Answered } from '../../libs/platform/src/http/traffic';

/** A token says whose it is; one that is new has to be asked about first. */
class Tokens extends TokenVerifier {
  verify(token: string): Caller | Promise<Caller> {
    const [kind, userId = ''] = token.split('.');
    const caller = { userId, roles: [] };
    if (kind === 'known') return caller;
    return kind === 'new' ? Promise.resolve(caller) : Promise.reject(new UnauthenticatedException(true));
  }
}

let server: FastifyInstance;
let answer: (userId: string) => Promise<object>;

beforeAll(() => Logger.overrideLogger(false));

beforeEach(async () => {
  answer = async (userId) => ({ of: userId, by: 'gate' });
  server = createHttpAdapter().getInstance<FastifyInstance>();
  server.setErrorHandler((error, request, reply) => answerProblem(error, request, reply));
  const answers = new OwnAnswers(new Tokens());
  answers.serve('/mine', (userId) => answer(userId));
  answers.install(server);
  server.all('/mine', async () => ({ by: 'framework' }));
  await server.listen({ port: 0, host: '127.0.0.1' });
});

afterEach(() => server.close());

function ask(token: string | undefined, path = '/mine', options: RequestInit = {}): Promise<Response> {
  const headers = new Headers(options.headers);
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
  return fetch(`http://127.0.0.1:${(server.server.address() as AddressInfo).port}${path}`, { ...options, headers });
}

it.each(['known', 'new'])('answers the owner of a token that is %s', async (kind) => {
  const answered = await ask(`${kind}.kim`);
  expect([answered.status, await answered.json()]).toEqual([200, { of: 'kim', by: 'gate' }]);
});

it('answers with the headers that the framework answers with', async () => {
  const ours = await ask('known.kim', '/mine', { headers: { 'x-request-id': 'my-request' } });
  const theirs = await ask('known.kim', '/mine?as=asked', { headers: { 'x-request-id': 'my-request' } });
  const headersOf = ({ headers }: Response) =>
    Object.fromEntries([...headers].filter(([name]) => name !== 'date' && name !== 'content-length'));

  expect(await theirs.json()).toEqual({ by: 'framework' });
  expect(headersOf(ours)).toEqual(headersOf(theirs));
});

it('tells of its answer to whom', async () => {
  const told = once(server.traffic, 'answered') as Promise<[Answered]>;
  await ask('known.kim');

  const [answered] = await told;
  expect(answered).toMatchObject({ method: 'GET', route: '/mine', status: 200, userId: 'kim' });
});

it.each([
  ['another method', '/mine', { method: 'POST' }],
  ['a HEAD', '/mine', { method: 'HEAD' }],
  ['a query', '/mine?limit=1', {}],
  ['another address', '/mine/', {}],
])('leaves %s to the framework', async (_, path, options) => {
  answer = () => Promise.reject(new Error('asked'));
  expect((await ask('known.kim', path, options)).status).toBe(path === '/mine/' ? 404 : 200);
});

it('leaves a body to the framework', async () => {
  const { port } = server.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  socket.write('GET /mine HTTP/1.1\r\nhost: here\r\nauthorization: Bearer known.kim\r\n');
  socket.write('connection: close\r\ncontent-length: 2\r\n\r\n{}');
  let answered = '';
  for await (const piece of socket) answered += piece;

  expect(answered).toContain('HTTP/1.1 200');
  expect(answered).not.toContain('gate');
});

it.each([
  ['no token', undefined, 401, 'UNAUTHENTICATED'],
  ['a token that is not good', 'bad.kim', 401, 'UNAUTHENTICATED'],
])('has the framework refuse %s', async (_, token, status, code) => {
  const answered = await ask(token);
  expect(answered.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect([answered.status, await answered.json()]).toMatchObject([status, { status, code, instance: '/mine' }]);
});

it('has the framework tell of what was not to be had, and asks once', async () => {
  let asked = 0;
  answer = () => {
    asked += 1;
    return Promise.reject(new DependencyUnavailableException(new Error('gone')));
  };
  const answered = await ask('known.kim');
  expect([answered.status, await answered.json()]).toMatchObject([503, { code: 'DEPENDENCY_UNAVAILABLE' }]);
  expect(asked).toBe(1);
});
