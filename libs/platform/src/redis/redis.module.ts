import { Global, Module } from '@nestjs/common';
import { Env } from '../config/env';
import { RedisConnection } from './redis';

/** The connection to Redis; null with `REDIS_URL=memory:`, where adapters keep things in the process. */
@Global()
@Module({
  providers: [
    {
      provide: RedisConnection,
      inject: [Env],
      useFactory: (env: Env) => (env.REDIS_URL === 'memory:' ? null : new RedisConnection(env)),
    },
  ],
  exports: [RedisConnection],
})
export class RedisModule {}
