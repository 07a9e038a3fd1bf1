import { Logger } from '@nestjs/common';
import { loadEnv } from '../../../libs/platform/src/config/env';
import { RedisConnection } from '../../../libs/platform/src/redis/redis';

describe('a Redis that is away', () => {
  it('stops nothing: it is said once, and commands fail at once', async () => {
    const warned: unknown[] = [];
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((line) => void warned.push(line));
    const env = loadEnv({ DATABASE_URL: 'postgres://localhost/none', REDIS_URL: 'redis://127.0.0.1:1' });
    const redis = new RedisConnection(env);

    await redis.onModuleInit();
    const asked = Date.now();
    await expect(redis.client.get('ranking')).rejects.toThrow();
    const waited = Date.now() - asked;
    await new Promise((resolve) => redis.client.once('reconnecting', resolve));
    redis.onApplicationShutdown();

    expect(waited).toBeLessThan(250);
    expect(warned).toEqual([{ msg: 'Redis is away', reason: expect.stringContaining('ECONNREFUSED') }]);
  });
});
