import { RedisConnection } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { RankingBoard } from '../../application/ports/ranking-board';
import type { RankedProduct, Ranking } from '../../domain/ranking';

/** One hash tag for all keys of the feature, so that a cluster keeps them together. */
const CURRENT = '{ranking}:current';
const VERSION = '{ranking}:version';

/** Sets ranking and version together, unless a newer version is there: a scheduler that was asleep cannot step back. */
const PUBLISH = `
  local version = tonumber(redis.call('GET', KEYS[2]) or '') or 0
  if version > tonumber(ARGV[1]) then return 0 end
  redis.call('SET', KEYS[1], ARGV[2])
  redis.call('SET', KEYS[2], ARGV[1])
  return 1`;

@Injectable()
export class RedisRankingBoard extends RankingBoard {
  constructor(private readonly redis: RedisConnection) {
    super();
  }

  async publish(ranking: Ranking): Promise<void> {
    const version = Date.parse(ranking.generatedAt);
    await this.redis.client.eval(PUBLISH, 2, CURRENT, VERSION, version, JSON.stringify(ranking));
  }

  async read(): Promise<Ranking | null> {
    const text = await this.redis.client.get(CURRENT);
    return text === null ? null : parse(text);
  }
}

/** Somebody may have written anything there: what is no ranking is none. */
function parse(text: string): Ranking | null {
  try {
    const value = JSON.parse(text) as Partial<Ranking> | null;
    return isRanking(value) ? value : null;
  } catch {
    return null;
  }
}

function isRanking(value: Partial<Ranking> | null): value is Ranking {
  const times = [value?.generatedAt, value?.window?.from, value?.window?.to];
  return times.every(isTime) && Array.isArray(value?.items) && value.items.every(isRankedProduct);
}

function isTime(value: unknown): boolean {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}

function isRankedProduct(value: Partial<RankedProduct> | null): boolean {
  const texts = [value?.productId, value?.name];
  const numbers = [value?.rank, value?.price, value?.soldQuantity];
  return texts.every((text) => typeof text === 'string') && numbers.every(Number.isSafeInteger);
}
