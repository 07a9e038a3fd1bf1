import { DomainException } from '@app/shared';
import type { INestApplicationContext } from '@nestjs/common';
import { Shopper } from './shopper';
import type { SuperstoreOrder } from './superstore';

export interface ReplaySummary {
  readonly orders: number;
  readonly units: number;
  readonly won: number;
  readonly seconds: number;
  /** How many orders the shop refused, by the code of its reason. */
  readonly refused: ReadonlyMap<string, number>;
}

/** Orders on their way at once: enough for the lanes to make batches. */
const CONCURRENCY = 32;

/**
 * Buys the orders again, now and in the order of the file, many at once; a customer's own one after another. An order
 * that the shop refuses is counted, a shop that is away ends the replay.
 *
 * `optionIds`: the option to buy by product key.
 */
export async function replay(
  shop: INestApplicationContext,
  orders: readonly SuperstoreOrder[],
  optionIds: ReadonlyMap<string, string>,
  onEach: () => void,
): Promise<ReplaySummary> {
  const shopper = new Shopper(shop);
  const queue = orders.values();
  const turns = new Map<string, Promise<void>>();
  const refused = new Map<string, number>();
  const sold = { orders: 0, units: 0, won: 0 };
  let failed = false;

  const buy = async ({ customerId, quantities }: SuperstoreOrder): Promise<void> => {
    const items = [...quantities].map(([key, quantity]) => ({ optionId: optionIds.get(key)!, quantity }));
    try {
      const { amount } = await shopper.buy({ userId: `superstore:${customerId}`, items });
      sold.orders += 1;
      sold.units += items.reduce((sum, { quantity }) => sum + quantity, 0);
      sold.won += amount;
    } catch (error) {
      if (!(error instanceof DomainException) || error.kind === 'unavailable') throw error;
      refused.set(error.code, (refused.get(error.code) ?? 0) + 1);
    }
    onEach();
  };
  const buyOneAfterAnother = async (): Promise<void> => {
    while (!failed) {
      const { value: order } = queue.next();
      if (!order) return;
      const turn = (turns.get(order.customerId) ?? Promise.resolve()).then(() => buy(order));
      turns.set(order.customerId, turn);
      await turn.catch((error) => {
        failed = true;
        throw error;
      });
    }
  };

  const began = performance.now();
  const workers = await Promise.allSettled(Array.from({ length: CONCURRENCY }, buyOneAfterAnother));
  for (const worker of workers) if (worker.status === 'rejected') throw worker.reason;
  return { ...sold, seconds: (performance.now() - began) / 1_000, refused };
}
