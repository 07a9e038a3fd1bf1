import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { transformFileSync } from '@swc/core';
import { Redis } from 'ioredis';
import { OidcTokens } from '../../libs/platform/src/http/auth/oidc-tokens';
import { makeArmedBuild, type Patch } from '../storm/world/armed-build';
import { ShopInstance } from '../storm/world/instance';
import { StormIssuer } from '../storm/world/issuer';
import { type PlatformMode, StormPlatform } from '../storm/world/platform';
import { StormPostgres } from '../storm/world/postgres';
import { StormRedis } from '../storm/world/redis';
import { eventually } from '../support/eventually';
import { Ending } from '../support/programs/ending';
import { Leash } from '../support/programs/leash';
import { TcpProxy } from '../support/tcp-proxy';

/** Listens, passes a failpoint where it is told to, and tells the time: an instance is not more to its keeper. */
const SHOP = `
const { failpoint } = require('../../../libs/platform/src/failpoints/failpoint');
const existing = new Date();
require('node:http').createServer((request, response) => {
  if (request.url === '/write') failpoint('before-commit', response);
  if (request.url === '/exit') process.exit(3);
  const dates = existing instanceof Date && new Date(5).getTime() === 5 && new Date().constructor === Date;
  response.end(JSON.stringify({ now: Date.now(), date: new Date().getTime(), dates }));
}).listen(process.env.PORT, process.env.HOST);
process.on('SIGTERM', () => process.exit(0));
`;
const MINUTE = 60_000;

let folder: string;
let compiled: string;
let leash: Leash;
let ending: Ending;

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'jangteo-storm-'));
  // As root PostgreSQL runs as another user, who must be able to pass.
  fs.chmodSync(folder, 0o755);
  compiled = path.join(folder, 'compiled');
  write('apps/shop/src/main.js', SHOP);
  write('libs/platform/src/failpoints/failpoint.js', 'exports.failpoint = () => undefined;');
  write('apps/shop/src/bootstrap.js', `require('../../../libs/platform/src/failpoints/failpoint');`);
  for (const name of ['armed-failpoint', 'armed-main']) write(`test/storm/world/${name}.js`, compiledOf(name));
  for (const file of ['ormconfig.js', 'package.json']) write(file, '{}');
});

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

beforeEach(() => {
  ending = new Ending();
  leash = Leash.hold();
  ending.add(() => leash.close());
});

afterEach(() => ending.run());

function write(file: string, content: string): void {
  const place = path.join(compiled, file);
  fs.mkdirSync(path.dirname(place), { recursive: true });
  fs.writeFileSync(place, content);
}

function compiledOf(name: string): string {
  return transformFileSync(path.join(__dirname, `../storm/world/${name}.ts`), {
    swcrc: false,
    module: { type: 'commonjs' },
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
  }).code;
}

function build(patches: readonly Patch[] = []): string {
  const target = fs.mkdtempSync(path.join(folder, 'build-'));
  makeArmedBuild(target, patches, compiled);
  return target;
}

async function startedInstance(patches: readonly Patch[] = []): Promise<ShopInstance> {
  const options = { name: 'A', build: build(patches), dir: folder, settings: {}, leash } as const;
  const instance = await ending.keep(ShopInstance.create(options));
  await instance.start();
  return instance;
}

function ask<T>(instance: ShopInstance, what: string): Promise<T> {
  return fetch(instance.url + what).then((response) => response.json() as Promise<T>);
}

describe('an armed build', () => {
  const main = 'apps/shop/src/main.js';

  it('has the mistake that was planted', () => {
    const target = build([{ file: main, from: "'/exit'", to: "'/quit'" }]);

    expect(fs.readFileSync(path.join(target, main), 'utf8')).toContain("=== '/quit'");
  });

  it.each(['nowhere to be found', 'Date'])('is not made when the place of a mistake is not exactly one: %s', (from) => {
    expect(() => build([{ file: main, from, to: '' }])).toThrow(/times, not once/);
  });

  it('refuses to run in production', async () => {
    const settings = { NODE_ENV: 'production' };
    const instance = await ending.keep(
      ShopInstance.create({ name: 'B', build: build(), dir: folder, settings, leash }),
    );

    await expect(instance.start(500)).rejects.toThrow('refuses to run in production');
  });
});

describe('an instance', () => {
  it('dies at the failpoint that is armed to kill, is started again, and nobody is surprised', async () => {
    const instance = await startedInstance();
    await ask(instance, '/write');
    instance.arm('before-commit', 'kill');

    // The order takes its own way, so that a call may pass before it.
    await eventually(() =>
      ask(instance, '/write').then(
        () => false,
        () => true,
      ),
    );
    await eventually(() => instance.hits['before-commit'] === 1 && !instance.isRunning);
    await instance.start();

    await ask(instance, '/write');
    expect([instance.hits['before-commit'], instance.unexpectedExits]).toEqual([1, []]);
  });

  it('loses the connection at the failpoint that is armed to cut, and lives on', async () => {
    const instance = await startedInstance();
    instance.arm('before-commit', 'cut');

    await eventually(async () => {
      await ask(instance, '/write').catch(() => undefined);
      return instance.hits['before-commit'] === 1;
    });

    expect(await ask(instance, '/write')).toMatchObject({ dates: true });
    expect(instance.isRunning).toBe(true);
  });

  it('has a clock that can be set wrong and right', async () => {
    const instance = await startedInstance();
    const skewOf = async (field: 'now' | 'date'): Promise<number> => {
      const time = await ask<{ now: number; date: number }>(instance, '/');
      // Not -0.
      return Math.round((time[field] - Date.now()) / MINUTE) + 0;
    };

    instance.skewClock(10 * MINUTE);
    await eventually(async () => (await skewOf('now')) === 10);
    expect(await skewOf('date')).toBe(10);
    expect(await ask(instance, '/')).toMatchObject({ dates: true });

    instance.skewClock(0);
    await eventually(async () => (await skewOf('now')) === 0);
    expect(await skewOf('date')).toBe(0);
  });

  it('that ends by itself is noticed, one that was killed or terminated is not', async () => {
    const instance = await startedInstance();

    await instance.kill();
    await instance.start();
    expect(await instance.terminate()).toMatchObject({ code: 0 });
    await instance.start();
    expect(instance.unexpectedExits).toEqual([]);

    await ask(instance, '/exit').catch(() => undefined);
    await eventually(() => instance.unexpectedExits.length > 0);
    expect(instance.unexpectedExits).toEqual([expect.stringContaining('ended by itself with 3')]);
  });

  it('that is stopped answers when it goes on', async () => {
    const instance = await startedInstance();
    let hasAnswered = false;

    instance.pause();
    const answer = ask(instance, '/').then(() => {
      hasAnswered = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(hasAnswered).toBe(false);

    instance.resume();
    await answer;
    expect(instance.resources().openFiles).toBeGreaterThan(5);
    expect(instance.resources().rss).toBeGreaterThan(10_000_000);
  });
});

describe('PostgreSQL under storm', () => {
  it('is killed, stopped and started again at the same address with everything that was committed', async () => {
    const postgres = await ending.keep(StormPostgres.open({ dir: path.join(folder, 'postgres'), leash }));
    await postgres.query('CREATE TABLE kept (how text)');
    const keep = (how: string) => postgres.query('INSERT INTO kept VALUES ($1)', [how]);
    const { url } = postgres;

    await keep('kill');
    await postgres.kill();
    expect(postgres.isRunning).toBe(false);
    await Promise.all([postgres.start(), postgres.start(), keep('while it starts')]);

    await postgres.killBackend();
    await keep('backend');
    for (const mode of ['fast', 'immediate'] as const) {
      await postgres.stop(mode);
      await postgres.start();
      await keep(mode);
    }

    postgres.pause();
    const late = keep('paused');
    expect(await Promise.race([late, new Promise((resolve) => setTimeout(resolve, 100, 'waits'))])).toBe('waits');
    postgres.resume();
    await late;

    expect(postgres.url).toBe(url);
    const kept = await postgres.query<{ how: string }>('SELECT DISTINCT how FROM kept ORDER BY how');
    expect(kept.map(({ how }) => how)).toEqual(['backend', 'fast', 'immediate', 'kill', 'paused', 'while it starts']);
  }, 60_000);
});

describe('Redis under storm', () => {
  it('comes back for those who know its first address, empty', async () => {
    const redis = await ending.keep(StormRedis.open({ dir: path.join(folder, 'redis'), leash }));
    const wire = await ending.keep(TcpProxy.to(redis.url));
    redis.behind(wire);
    const shop = new Redis(wire.through(redis.url), { retryStrategy: () => 20 });
    ending.add(() => shop.disconnect());
    shop.on('error', () => undefined);
    await shop.set('kept', 'yes');

    await redis.kill();
    expect(redis.isRunning).toBe(false);
    await Promise.all([redis.start(), redis.start()]);

    await eventually(() =>
      shop.ping().then(
        (answer) => answer === 'PONG',
        () => false,
      ),
    );
    expect(await shop.get('kept')).toBeNull();
    await redis.refuseWrites();
    await expect(shop.set('kept', 'yes')).rejects.toThrow('OOM');
    await redis.acceptWrites();
    await shop.set('kept', 'yes');
    await redis.flush();
    expect(await shop.dbsize()).toBe(0);
  });
});

describe('the data platform under storm', () => {
  it.each<[PlatformMode, number | 'nothing']>([
    ['accept', 204],
    ['fail', 500],
    ['busy', 429],
    ['redirect', 302],
    ['garbage', 'nothing'],
    ['drop', 'nothing'],
    ['hang', 'nothing'],
  ])('told to %s answers %s and remembers the delivery', async (mode, expected) => {
    const platform = await ending.keep(StormPlatform.start());
    platform.answerWith(mode);

    const request = {
      method: 'POST',
      redirect: 'manual',
      headers: { 'webhook-id': 'one' },
      body: '{"type":"x"}',
    } as const;
    const answer = fetch(platform.url, request).then(
      ({ status }) => status,
      () => 'nothing',
    );
    await eventually(() => platform.deliveries.length === 1);
    if (mode === 'hang') platform.answerWith('accept');

    expect(await answer).toBe(expected);
    expect(platform.deliveries).toEqual([
      { id: 'one', body: { type: 'x' }, verified: false, accepted: mode === 'accept', at: expect.any(Number) },
    ]);
  });
});

describe('the token issuer under storm', () => {
  it('gives out tokens that the shop takes, also those of the next keys while it is down', async () => {
    const issuer = await ending.keep(StormIssuer.start());
    const tokens = new OidcTokens(issuer.url, issuer.audience, issuer.jwksUrl);
    const caller = async (): Promise<unknown> => (await tokens.verify(await issuer.tokenOf('kim', ['admin']))).caller;
    const kim = { userId: 'kim', roles: ['admin'] };
    expect(await issuer.tokenOf('kim')).toBe(await issuer.tokenOf('kim'));
    expect(await caller()).toEqual(kim);

    await issuer.goDown();
    for (let rotation = 0; rotation < 3; rotation++) {
      await issuer.rotate();
      expect(await caller()).toEqual(kim);
    }

    await issuer.comeBack();
    expect((await fetch(issuer.jwksUrl)).status).toBe(200);
  });
});
