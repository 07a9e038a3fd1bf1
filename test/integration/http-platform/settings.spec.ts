import { setTimeout as sleep } from 'node:timers/promises';
import { client } from '../../support/http';
import { within } from '../../support/within';
import { expectProblem, start } from './serve-things';
import { id } from './thing.module';

describe('a server of its own', () => {
  it('stops a caller after 100 writes and no other', async () => {
    const limited = await start({ RATE_LIMIT: 'on' });
    const [lee, park] = [client(limited.url).as('lee'), client(limited.url).as('park')];

    const answers = await Promise.all(Array.from({ length: 105 }, () => lee.post('/things', { amount: 1 })));
    const refused = answers.filter(({ status }) => status === 429);
    const others = [await park.post('/things', { amount: 1 }), await lee.get(`/things/${id}`)];
    await limited.app.close();

    expect(refused).toHaveLength(5);
    expect(refused[0]).toMatchObject({ body: { code: 'RATE_LIMITED', detail: '요청이 너무 많습니다' } });
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(others.map(({ status }) => status)).toEqual([201, 200]);
  });

  it('gives out no tokens with OIDC', async () => {
    const oidc = await start({
      AUTH_MODE: 'oidc',
      OIDC_ISSUER: 'https://id.example.com',
      OIDC_AUDIENCE: 'shop',
      OIDC_JWKS_URL: 'http://127.0.0.1:1/jwks',
    });
    const answer = await client(oidc.url).nobody.post('/auth/token', { userId: 'kim' });
    await oidc.app.close();

    expectProblem(answer, 404, 'NOT_FOUND');
  });

  it('answers what it has begun before it closes, without waiting for idle connections', async () => {
    const closing = await start();
    const idle = await client(closing.url).nobody.get('/things');
    const begun = client(closing.url).nobody.get('/things/slow');
    await sleep(100);

    expect(await within(2_000, closing.app.close())).toBe(true);

    expect(idle.status).toBe(200);
    expect(await begun).toMatchObject({ status: 200, body: { done: true } });
  });
});
