import { serve } from '../load/child-side';
import type { LoadResult, SqlOrder } from '../load/orders';
import { SqlLoad } from './sql-load';

const load = new SqlLoad();

serve<SqlOrder, LoadResult>((order, watch) => load.measure(order, watch));
