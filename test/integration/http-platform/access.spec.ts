import type { Answer } from '../../support/http';
import { expectProblem, serveThings } from './serve-things';
import { id } from './thing.module';

const things = serveThings();

describe('access', () => {
  const get = (headers: Record<string, string>): Promise<Answer> => things.nobody.get(`/things/${id}`, { headers });

  it('needs a token, and says how', async () => {
    const answer = await get({});

    expectProblem(answer, 401, 'UNAUTHENTICATED');
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  it.each(['Bearer x', 'Bearer a.b.c', 'Basic a2ltOng=', 'Bearer', 'a.b.c'])(
    'is not given by %p',
    async (authorization) => {
      const answer = await get({ authorization });

      expectProblem(answer, 401, 'UNAUTHENTICATED');
      expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    },
  );

  it('is not given by a token in the query, or by two', async () => {
    const token = await things.tokenOf('kim');
    const header = `Authorization: Bearer ${token}\r\n`;

    expectProblem(await things.nobody.get(`/things/${id}?access_token=${token}`), 401, 'UNAUTHENTICATED');
    expect(await things.raw(`GET /things/${id} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${header}\r\n`)).toMatch(
      /^HTTP\/1\.1 200/,
    );
    expect(
      await things.raw(`GET /things/${id} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${header}${header}\r\n`),
    ).toMatch(/^HTTP\/1\.1 401/);
  });

  it('to an admin route is for admins, to one that declares nothing for nobody', async () => {
    expectProblem(await things.kim.post(`/things/${id}/close`), 403, 'FORBIDDEN');
    expectProblem(await things.kim.post(`/things/${id}/close`, { role: 'admin' }), 403, 'FORBIDDEN');
    expectProblem(await things.admin.get('/things/forgotten'), 403, 'FORBIDDEN');
  });

  it('is asked for before anything else is looked at', async () => {
    expectProblem(await things.nobody.post('/things', { amount: 'x' }), 401, 'UNAUTHENTICATED');
  });

  it('is not sold by the token desk to bad names', async () => {
    expectProblem(await things.nobody.post('/auth/token', { userId: "'; drop" }), 400, 'VALIDATION_FAILED');
    expectProblem(await things.nobody.post('/auth/token', { userId: 'kim', roles: 'admin' }), 400, 'VALIDATION_FAILED');
    expect((await things.nobody.post('/auth/token', { userId: 'kim' })).body).toEqual({
      accessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      tokenType: 'Bearer',
      expiresIn: 86_400,
    });
  });
});
