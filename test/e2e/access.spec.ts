import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { JWT_SECRET, startShop, type TestShop } from '../support/shop';
import { type Problem, problem, UNKNOWN_ID } from './shapes';
import { Shopping } from './shopping';

let shop: TestShop;
let shopping: Shopping;

beforeAll(async () => {
  shop = await startShop();
  shopping = new Shopping(shop.url);
});

afterAll(() => shop?.close());

const OPEN = [
  'GET /products',
  'GET /products/{productId}',
  'GET /products/rank',
  'GET /coupons',
  'POST /auth/token',
  'GET /health/live',
  'GET /health/ready',
  'GET /metrics',
];

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** Every route that the document knows, `GET /orders/{orderId}`. */
async function documentedRoutes(): Promise<string[]> {
  const { body } = await shopping.nobody.get<{ paths: Record<string, object> }>('/docs-json');
  return Object.entries(body.paths).flatMap(([path, item]) =>
    Object.keys(item)
      .filter((method) => METHODS.includes(method))
      .map((method) => `${method.toUpperCase()} ${path}`),
  );
}

function addressOf(route: string): [method: string, path: string] {
  const [method = '', path = ''] = route.split(' ');
  return [method, path.replace(/\{\w+\}/g, UNKNOWN_ID)];
}

describe('every route of the document', () => {
  it('asks for a token, but for those that are open', async () => {
    const routes = (await documentedRoutes()).filter((route) => !OPEN.includes(route));
    expect(routes.length).toBeGreaterThan(18);

    for (const route of routes) {
      const { status, headers, body } = await shopping.nobody.send(...addressOf(route));
      expect([route, status, body]).toEqual([route, 401, problem(401, 'UNAUTHENTICATED', '인증이 필요합니다')]);
      expect(headers.get('www-authenticate')).toBe('Bearer');
    }
  });

  it('lets anybody in where it says so', async () => {
    const routes = (await documentedRoutes()).filter((route) => OPEN.includes(route));

    for (const route of routes)
      expect([route, (await shopping.nobody.send(...addressOf(route))).status]).not.toContain(401);
  });

  it('is for an admin only below /admin', async () => {
    const { caller } = await shopping.customer();
    const routes = (await documentedRoutes()).filter((route) => route.includes(' /admin/'));
    expect(routes.length).toBeGreaterThanOrEqual(9);

    for (const route of routes) {
      const { status, body } = await caller.send(...addressOf(route));
      expect([route, status, body]).toEqual([route, 403, problem(403, 'FORBIDDEN', '권한이 없습니다')]);
    }
  });

  it('is not opened by a role that only looks like that of an admin', async () => {
    for (const roles of [['Admin'], ['administrator'], ['ADMIN'], []]) {
      const token = await new SignJWT({ roles, role: 'admin', admin: true })
        .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
        .setIssuer('jangteo-dev')
        .setAudience('jangteo')
        .setSubject('kim')
        .setExpirationTime('1h')
        .sign(Buffer.from(JWT_SECRET));
      const { status } = await shopping.nobody.get('/admin/deliveries', {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(status).toBe(403);
    }
  });
});

describe('what belongs to somebody else', () => {
  /** All of an answer but what tells two requests apart. */
  const bare = ({ body, headers, status }: { body: Problem; headers: Headers; status: number }): unknown[] => [
    status,
    JSON.stringify({ ...body, requestId: '', instance: '' }),
    [...headers.keys()].filter((name) => name !== 'content-length'),
  ];

  type Ask = (orderId: string, paymentId: string) => [method: string, path: string, body?: object];

  const asks: [string, Ask][] = [
    ['an order', (orderId) => ['GET', `/orders/${orderId}`]],
    ['an order to cancel', (orderId) => ['POST', `/orders/${orderId}/cancel`]],
    ['an order to pay', (orderId) => ['POST', '/payments', { orderId }]],
    ['a payment', (_, paymentId) => ['GET', `/payments/${paymentId}`]],
    ['a payment to refund', (_, paymentId) => ['POST', `/payments/${paymentId}/refund`]],
  ];

  it.each(asks)('%s answers as what does not exist', async (_, ask) => {
    const owner = await shopping.customer(2_000);
    const unpaid = await shopping.order(owner, await shopping.goods());
    const payment = await shopping.buy(owner, await shopping.goods());
    const { caller } = await shopping.customer(10_000);

    const foreign = await caller.send<Problem>(...ask(unpaid.id, payment.id));
    const unknown = await caller.send<Problem>(...ask(UNKNOWN_ID, UNKNOWN_ID));

    expect(foreign.status).toBe(404);
    expect(bare(foreign)).toEqual(bare(unknown));
    expect((await owner.caller.get(`/orders/${unpaid.id}`)).body).toEqual(unpaid);
    expect((await owner.caller.get(`/payments/${payment.id}`)).body).toEqual(payment);
  });

  it('is a coupon that does not work in an order, and reads as one that nobody has', async () => {
    const [owner, other] = [await shopping.customer(), await shopping.customer()];
    const coupon = await shopping.coupon();
    await shopping.issue(owner, coupon);
    const lines = [{ optionId: (await shopping.goods()).id, quantity: 1 }];

    const foreign = await other.caller.post<Problem>('/orders', { lines, couponId: coupon.id });
    const unknown = await other.caller.post<Problem>('/orders', { lines, couponId: UNKNOWN_ID });

    expect(foreign.body).toEqual(
      problem(409, 'COUPON_NOT_USABLE', '쿠폰이 유효하지 않습니다', { reason: 'NOT_ISSUED' }),
    );
    expect(bare(foreign)).toEqual(bare(unknown));
  });
});

describe('a token of our own', () => {
  const claims = { iss: 'jangteo-dev', aud: 'jangteo', sub: 'kim', roles: [] as unknown };
  const soon = (): number => Math.floor(Date.now() / 1_000) + 600;

  function sign(payload: object, header: object = {}, secret = JWT_SECRET): Promise<string> {
    return new SignJWT({ ...claims, exp: soon(), ...payload })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', ...header })
      .sign(Buffer.from(secret));
  }

  const forgeries: [string, () => Promise<string> | string][] = [
    ['expired', () => sign({ exp: Math.floor(Date.now() / 1_000) - 60 })],
    ['not yet valid', () => sign({ nbf: soon() })],
    ['without an end', () => sign({ exp: undefined })],
    ['without an owner', () => sign({ sub: undefined })],
    ['of an owner that is no name', () => sign({ sub: "kim'; --" })],
    ['of another issuer', () => sign({ iss: 'else' })],
    ['for another audience', () => sign({ aud: 'else' })],
    ['with roles that are no list', () => sign({ roles: 'admin' })],
    ['meant to tell who somebody is', () => sign({}, { typ: 'JWT' })],
    ['signed by somebody else', () => sign({}, {}, 'another secret, which is long enough too')],
    ['unsigned', () => new UnsecuredJWT({ ...claims, exp: soon() }).encode()],
    [
      'changed after it was signed',
      async () =>
        (await sign({})).replace(
          /\.[^.]+\./,
          `.${Buffer.from(JSON.stringify({ ...claims, sub: 'lee', exp: soon() })).toString('base64url')}.`,
        ),
    ],
    ['no token', () => 'kim'],
  ];

  it('opens the door when it is right', async () => {
    const headers = { authorization: `Bearer ${await sign({})}` };

    expect((await shopping.nobody.get('/balance', { headers })).status).toBe(200);
  });

  it.each(forgeries)('is refused when it is %s', async (_, forge) => {
    const { status, headers, body } = await shopping.nobody.get('/balance', {
      headers: { authorization: `Bearer ${await forge()}` },
    });

    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    expect(body).toEqual(problem(401, 'UNAUTHENTICATED', '인증이 필요합니다'));
  });

  it('is not taken from the query, nor in another scheme', async () => {
    const token = await sign({});

    expect((await shopping.nobody.get(`/balance?access_token=${token}`)).status).toBe(401);
    expect((await shopping.nobody.get('/balance', { headers: { authorization: `Basic ${token}` } })).status).toBe(401);
  });
});

describe('tokens of an identity provider', () => {
  const claims = { iss: 'https://id.example', aud: 'shop', sub: 'kim', roles: ['admin'] };
  let keys: Awaited<ReturnType<typeof generateKeyPair>>;
  let jwks: Server;
  let isDown = false;
  let oidc: TestShop;
  let cold: TestShop;

  beforeAll(async () => {
    keys = await generateKeyPair('RS256', { extractable: true });
    const published = { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' }] };
    jwks = createServer((_, response) => {
      if (isDown) response.socket?.destroy();
      else response.setHeader('content-type', 'application/json').end(JSON.stringify(published));
    });
    await new Promise<void>((resolve) => jwks.listen(0, '127.0.0.1', resolve));
    const settings = {
      AUTH_MODE: 'oidc',
      OIDC_ISSUER: claims.iss,
      OIDC_AUDIENCE: claims.aud,
      OIDC_JWKS_URL: `http://127.0.0.1:${(jwks.address() as AddressInfo).port}/keys`,
    } as const;
    oidc = await startShop(settings);
    cold = await startShop(settings);
  });

  afterAll(async () => {
    await cold?.close();
    await oidc?.close();
    jwks?.close();
  });

  const sign = (payload: object = {}, kid = 'k1'): Promise<string> =>
    new SignJWT({ ...claims, ...payload })
      .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid })
      .setExpirationTime('10m')
      .sign(keys.privateKey);

  const ask = (token: string, at = oidc) =>
    new Shopping(at.url).nobody.get<Problem>('/admin/deliveries', { headers: { authorization: `Bearer ${token}` } });

  it('are not made here', async () => {
    const { status, body } = await new Shopping(oidc.url).nobody.post('/auth/token', { userId: 'kim' });

    expect(status).toBe(404);
    expect(body).toEqual(problem(404, 'NOT_FOUND'));
  });

  it('open the door, with their roles', async () => {
    expect((await ask(await sign())).status).toBe(200);
    expect((await ask(await sign({ roles: [] }))).status).toBe(403);
  });

  it('are refused for another audience or issuer, under an unknown key, and made of the public key', async () => {
    const publicKey = Buffer.from(await exportSPKI(keys.publicKey));
    const confused = new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: 'k1' });
    const forgeries = [
      sign({ aud: 'jangteo' }),
      sign({ iss: 'https://id.example.evil' }),
      sign({}, 'k2'),
      confused.setExpirationTime('10m').sign(publicKey),
    ];

    for (const forgery of forgeries) expect((await ask(await forgery)).status).toBe(401);
  });

  it('are neither good nor bad while the keys cannot be had: 503, and known keys go on', async () => {
    expect((await ask(await sign())).status).toBe(200);
    isDown = true;
    try {
      const { status, headers, body } = await ask(await sign(), cold);

      expect(status).toBe(503);
      expect(headers.get('retry-after')).toMatch(/^\d+$/);
      expect(body).toEqual(problem(503, 'DEPENDENCY_UNAVAILABLE', '잠시 후 다시 시도해 주세요'));
      expect((await ask(await sign({ sub: 'lee' }))).status).toBe(200);
    } finally {
      isDown = false;
    }
    expect((await ask(await sign(), cold)).status).toBe(200);
  });
});
