import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Redis, type RedisOptions } from 'ioredis';
import { Env } from '../config/env';

/** Fails fast and comes back by itself: no command waits for a server that is away. Times in milliseconds. */
const OPTIONS = {
  lazyConnect: true,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 1,
  commandTimeout: 250,
  connectTimeout: 1_000,
  retryStrategy: (times: number) => Math.min(50 * 2 ** Math.min(times, 6), 2_000),
} satisfies RedisOptions;

/**
 * The connection to Redis, for adapters only. Redis is never needed to answer: who asks it must have another answer
 * ready. Not for `REDIS_URL=memory:`.
 */
@Injectable()
export class RedisConnection implements OnModuleInit, OnApplicationShutdown {
  readonly client: Redis;
  private readonly logger = new Logger(RedisConnection.name);
  private connected: boolean | undefined;

  constructor(env: Env) {
    this.client = new Redis(env.REDIS_URL, OPTIONS);
    this.client.on('ready', () => this.turn(true));
    this.client.on('error', (error) => this.turn(false, error));
    this.client.on('close', () => this.turn(false));
  }

  get isUp(): boolean {
    return this.connected ?? false;
  }

  /** Waits for the first attempt, which may fail: the client goes on trying. */
  async onModuleInit(): Promise<void> {
    await this.client.connect().catch((error) => this.turn(false, error));
  }

  /** After the last request was answered. */
  onApplicationShutdown(): void {
    this.client.removeAllListeners('close');
    this.client.disconnect();
  }

  /** Says each change once, however often the client tries. */
  private turn(isUp: boolean, cause?: Error): void {
    if (this.connected === isUp) return;
    this.connected = isUp;
    if (isUp) this.logger.log('Redis is there');
    else this.logger.warn({ msg: 'Redis is away', reason: cause?.message });
  }
}
