import { TOKEN_SECRET } from '../stage';
import { serve } from './child-side';
import { Crowd } from './crowd';
import { HttpLoad } from './http-load';
import { MixedLoad } from './mixed-load';
import type { CapacityOrder, CapacityResult, HttpOrder, LoadResult, OverloadOrder, OverloadResult } from './orders';

type Order = HttpOrder | CapacityOrder | OverloadOrder;

async function main(): Promise<void> {
  const crowd = await Crowd.gather(TOKEN_SECRET);
  const load = new HttpLoad(crowd);
  const mixed = new MixedLoad(crowd);
  serve<Order, LoadResult | CapacityResult | OverloadResult>((order, watch) => {
    if (!('kind' in order)) return load.measure(order, watch);
    return order.kind === 'capacity' ? mixed.capacity(order, watch) : mixed.overload(order);
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error}\n`);
  process.exit(1);
});
