import type { Env } from '@app/platform';
import { type Ranking, RankingService } from '@app/ranking';
import { CannotStartException } from '../../shop/src/cannot-start.exception';
import type { OrderRange } from './arguments';
import { type LoadedCatalogue, loadCatalogue } from './catalogue';
import { type Output, startProgress } from './progress';
import { type ReplaySummary, replay } from './replay';
import { withShop } from './shop-context';
import type { Superstore, SuperstoreOrder } from './superstore';

export interface ImportSummary {
  readonly catalogue: LoadedCatalogue;
  readonly replayed: ReplaySummary;
  readonly ranking: Ranking;
}

/** The orders of the range, in the order of the file. @throws CannotStartException when there are none */
export function ordersWithin({ orders }: Superstore, { from = '', to = '9999', limit }: OrderRange): SuperstoreOrder[] {
  const chosen = orders.filter(({ date }) => date >= from && date <= to).slice(0, limit);
  if (chosen.length > 0) return chosen;
  const days = orders.map(({ date }) => date).sort();
  throw new CannotStartException(
    `The file has no orders in that range. Choose days from ${days[0]} to ${days.at(-1)} with --from and --to.`,
  );
}

/** Loads the catalogue of the file, buys the orders, and refreshes the ranking. What was bought before is bought again. */
export function importSuperstore(
  env: Env,
  file: Superstore,
  orders: readonly SuperstoreOrder[],
  output: Output,
): Promise<ImportSummary> {
  return withShop(env, async (shop) => {
    const catalogue = await loadCatalogue(shop, file, orders);
    const progress = startProgress('orders', orders.length, output);
    const replayed = await replay(shop, orders, catalogue.optionIds, progress.step).finally(progress.end);
    const ranking = await shop.get(RankingService, { strict: false }).refresh();
    return { catalogue, replayed, ranking };
  });
}

/** What came of it, for a person. */
export function describeImport({ catalogue, replayed, ranking }: ImportSummary): string {
  const { orders, units, won, seconds, refused } = replayed;
  const refusals = [...refused].map(([code, count]) => `${code} ${number(count)}`).join(', ');
  const pace = number(Math.round(orders / seconds));
  return [
    `products  ${number(catalogue.created)} loaded, ${number(catalogue.reused)} were there already`,
    `orders    ${number(orders)} paid, ${number(units)} units, ${number(won)} won in ${seconds.toFixed(1)} s (${pace} orders/s)`,
    `refused   ${refusals || 'none'}`,
    'ranking of the last 72 hours',
    ...ranking.items.map(
      ({ rank, name, price, soldQuantity }) => `  ${rank}  ${number(soldQuantity)} sold  ${number(price)} won  ${name}`,
    ),
    '',
  ].join('\n');
}

const format = new Intl.NumberFormat('en-US');

function number(value: number): string {
  return format.format(value);
}
