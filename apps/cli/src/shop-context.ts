import type { Env } from '@app/platform';
import type { Clock } from '@app/shared';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { commandModule } from '../../shop/src/app.module';

/** The shop without HTTP and background work, for as long as the work takes. The schema must be up to date. */
export async function withShop<T>(
  env: Env,
  work: (shop: INestApplicationContext) => Promise<T>,
  clock?: Clock,
): Promise<T> {
  const shop = await NestFactory.createApplicationContext(commandModule(env, clock), {
    logger: ['fatal', 'error'],
    abortOnError: false,
  });
  try {
    return await work(shop);
  } finally {
    await shop.close();
  }
}
