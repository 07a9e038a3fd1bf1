import { TOKEN_SECRET } from '../stage';
import { serve } from './child-side';
import { HttpLoad } from './http-load';
import type { HttpOrder, LoadResult } from './orders';

HttpLoad.gather(TOKEN_SECRET).then(
  (load) => serve<HttpOrder, LoadResult>((order, watch) => load.measure(order, watch)),
  (error: unknown) => {
    process.stderr.write(`${error}\n`);
    process.exit(1);
  },
);
