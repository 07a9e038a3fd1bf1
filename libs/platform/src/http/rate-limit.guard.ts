import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { Env } from '../config/env';
import { exchangeOf } from './exchange';
import { RateLimitedException } from './http.exceptions';

const WRITES = new Set(['POST', 'PATCH']);

/**
 * Keeps one caller from crowding out the others: 100 writes in 10 seconds, all at once if they like. Each process
 * counts for itself: who spreads over several, workers or instances, may write as many times more, and still takes no
 * more of each than that.
 */
@Injectable()
export class RateLimitGuard implements CanActivate {
  private readonly writes = new RateLimiterMemory({ points: 100, duration: 10 });

  constructor(private readonly env: Env) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const { request } = exchangeOf(context);
    if (this.env.RATE_LIMIT === 'off' || request.caller === null || !WRITES.has(request.method)) return true;
    return this.count(request.caller.userId);
  }

  private async count(userId: string): Promise<boolean> {
    try {
      await this.writes.consume(userId);
      return true;
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      throw new RateLimitedException(Math.max(1, Math.ceil(refused.msBeforeNext / 1_000)));
    }
  }
}
