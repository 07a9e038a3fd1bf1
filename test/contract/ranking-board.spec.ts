import { type Env, RedisConnection } from '@app/platform';
import { Logger } from '@nestjs/common';
import { MemoryRankingBoard } from '../../libs/ranking/src/adapters/memory/memory-ranking-board';
import { RedisRankingBoard } from '../../libs/ranking/src/adapters/redis/redis-ranking-board';
import { freePort, redisUrl } from '../support/servers';
import { aRanking, describeRankingBoard } from './ranking-board.contract';

let redis: RedisConnection;

async function connect(url: string): Promise<RedisConnection> {
  const connection = new RedisConnection({ REDIS_URL: url } as Env);
  await connection.onModuleInit();
  return connection;
}

beforeAll(async () => {
  Logger.overrideLogger(false);
  redis = await connect(redisUrl());
});

afterAll(() => redis?.onApplicationShutdown());

async function emptyBoard(): Promise<RedisRankingBoard> {
  await redis.client.flushdb();
  return new RedisRankingBoard(redis);
}

describeRankingBoard('the memory of one process', async () => new MemoryRankingBoard());

describeRankingBoard('Redis', emptyBoard);

describe('a board in Redis', () => {
  const NOW = '2026-11-22T03:00:00.000Z';

  it.each([
    ['no JSON', '{"generatedAt":'],
    ['null', 'null'],
    ['a number', '42'],
    ['a list', '[]'],
    ['a ranking without items', '{"generatedAt":"2026-11-22T03:00:00.000Z","window":{}}'],
    ['a ranking without a time', '{"window":{"from":"x","to":"y"},"items":[]}'],
    ['a ranking of no time', JSON.stringify({ ...aRanking(NOW), generatedAt: 'tomorrow' })],
    ['a ranking of no window', JSON.stringify({ ...aRanking(NOW), window: { from: 1 } })],
    ['a ranking of no products', JSON.stringify({ ...aRanking(NOW), items: [null] })],
    ['a ranking of products without price', JSON.stringify({ ...aRanking(NOW), items: [{ rank: 1, name: 'x' }] })],
  ])('that somebody wrote %s on is empty until the next ranking', async (_, poison) => {
    const board = await emptyBoard();
    await redis.client.set('{ranking}:current', poison);

    expect(await board.read()).toBeNull();

    await board.publish(aRanking(NOW));
    expect(await board.read()).toEqual(aRanking(NOW));
  });

  it.each(['yesterday', '', 'nan'])('whose version somebody made "%s" takes the next ranking', async (poison) => {
    const board = await emptyBoard();
    await redis.client.set('{ranking}:version', poison);

    await board.publish(aRanking(NOW));

    expect(await board.read()).toEqual(aRanking(NOW));
  });

  it('keeps all its keys in one slot of a cluster', async () => {
    await (await emptyBoard()).publish(aRanking(NOW));

    const keys = await redis.client.keys('*');

    expect(keys.sort()).toEqual(['{ranking}:current', '{ranking}:version']);
  });

  it('fails at once when Redis is away, for whoever has another answer', async () => {
    const closed = await connect(`redis://127.0.0.1:${await freePort()}/0`);
    try {
      const board = new RedisRankingBoard(closed);

      await expect(board.read()).rejects.toThrow();
      await expect(board.publish(aRanking(NOW))).rejects.toThrow();
    } finally {
      closed.onApplicationShutdown();
    }
  });
});
